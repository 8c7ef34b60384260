import Pipeline
import TestSupport
import Testing

/// Points are stored by several requests at once, and not by more than serve the target.
@Suite(.timeLimit(.minutes(5)))
struct UpsertsAtOnceTests {
    @Test func `are as many as are allowed, while chunks wait for their turn`() async {
        let gate = Gate()
        var engine = EngineFixture(source: ScriptedRowSource(count: 200))
        engine.options.window = 10
        engine.sink = InMemorySink { _, _ throws(PipelineError) in try await gate.pass() }
        let fixture = engine
        async let outcome = fixture.run()
        await gate.held.reaches(4)
        // The window is full: six more chunks are embedded, and wait.
        await fixture.source.reads.reaches(10)
        #expect(gate.held.value == 4)
        gate.releaseOne()
        await fixture.sink.accepted.reaches(10)
        await gate.held.reaches(4)
        gate.open()
        #expect(await outcome.status == .completed)
        #expect(fixture.sink.inFlight.highest == 4)
        #expect(fixture.storedRows == Set(0..<200))
    }

    @Test func `are one after another when only one is allowed`() async {
        var engine = EngineFixture(source: ScriptedRowSource(count: 100))
        engine.options.window = 5
        engine.options.upserts = 1
        let fixture = engine
        #expect(await fixture.run().status == .completed)
        #expect(fixture.sink.inFlight.highest == 1)
        #expect(fixture.storedRows == Set(0..<100))
    }

    @Test func `leave their place to others while they wait to be tried again`() async {
        let clock = ManualClock()
        var engine = EngineFixture(source: ScriptedRowSource(count: 100))
        engine.clock = clock
        engine.options.window = 10
        engine.options.upserts = 1
        // The first chunk fails once; nobody moves the time until all others are stored.
        engine.sink = InMemorySink { call, _ throws(PipelineError) in
            if call == 1 { throw PipelineError(.server(retryAfter: nil), "busy") }
        }
        let fixture = engine
        async let outcome = fixture.run()
        await fixture.sink.accepted.reaches(90)
        #expect(fixture.storedRows.count == 90)
        await clock.sleepers.reaches(1)
        while fixture.sink.accepted.value < 100 {
            if let wake = clock.nextWake { clock.advance(by: wake) }
            await Task.yield()
        }
        #expect(await outcome.status == .completed)
        #expect(fixture.storedRows == Set(0..<100))
    }
}
