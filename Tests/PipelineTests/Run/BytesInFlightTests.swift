import Pipeline
import TestSupport
import Testing
import Threading

/// The window bounds the bytes that are in flight, whatever the number of chunks.
@Suite(.timeLimit(.minutes(5)))
struct BytesInFlightTests {
    private static func row(_ number: Int, bytes: Int) -> Row {
        .sample(number, text: "\(number) " + String(repeating: "x", count: bytes))
    }

    @Test func `reads no further while large chunks fill the memory, and goes on after them`() async {
        let gate = Gate()
        var engine = EngineFixture(source: ScriptedRowSource(count: 20, row: { Self.row($0, bytes: 1_000) }))
        engine.options.chunkRows = 1
        engine.options.window = 8
        engine.options.windowBytes = 2_500
        engine.requestLimit = 20
        engine.embedders = [FakeEmbedder { _, _ throws(PipelineError) in try await gate.pass() }]
        let fixture = engine
        async let outcome = fixture.run()

        // Two chunks are in flight; the third one was read and waits.
        await gate.held.reaches(2)
        await fixture.source.reads.reaches(3)
        #expect(gate.held.value == 2)
        gate.releaseOne()
        await fixture.source.reads.reaches(4)
        await gate.held.reaches(2)
        #expect(fixture.source.reads.value == 4)

        gate.open()
        #expect(await outcome.status == .completed)
        #expect(fixture.storedRows == Set(0..<20))
    }

    @Test(arguments: SeededRandom.seeds(5), [false, true])
    func `never has more bytes in flight than the window holds, but for a single larger chunk`(
        seed: UInt64,
        isIncremental: Bool
    ) async {
        var random = SeededRandom(seed: seed)
        let budget = Int.random(in: 300...2_000, using: &random)
        let sizes = (0..<40).map { _ in
            Int.random(in: 0..<10, using: &random) == 0 ? 3_000 : Int.random(in: 1...400, using: &random)
        }
        let table = ScriptedTable(count: sizes.count, row: { Self.row($0, bytes: sizes[$0]) })
        var engine = EngineFixture(source: ScriptedRowSource(table, yieldsDigests: isIncremental))
        engine.options.window = Int.random(in: 1...8, using: &random)
        engine.options.windowBytes = budget
        engine.options.chunkRows = Int.random(in: 1...5, using: &random)
        engine.options.chunkBytes = 800
        // A whole chunk is embedded by one request and at once, so what is being embedded is what is in flight.
        engine.options.requestTexts = 10
        engine.options.requestBytes = .max
        engine.requestLimit = 100
        let inFlight = Level()
        let violations = Locked<[Int]>([])
        let chance = seed
        engine.embedders = [
            FakeEmbedder { call, texts throws(PipelineError) in
                let bytes = texts.reduce(0) { $0 + $1.count }
                let together = inFlight.change(by: bytes)
                if together > budget, together != bytes { violations.withLock { $0.append(together) } }
                await Pace.pause(seed: chance, call)
                inFlight.change(by: -bytes)
            }
        ]
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(engine.sink.accepted.value == sizes.count)
        #expect(violations.withLock { $0 }.isEmpty)
    }

    @Test func `leaves out what was read and has no room yet when it is told to stop`() async {
        let gate = Gate()
        var engine = EngineFixture(source: ScriptedRowSource(count: 10, row: { Self.row($0, bytes: 1_000) }))
        engine.options.chunkRows = 1
        engine.options.window = 8
        engine.options.windowBytes = 1_500
        engine.embedders = [FakeEmbedder { _, _ throws(PipelineError) in try await gate.pass() }]
        engine.clock = ManualClock()
        let fixture = engine
        async let outcome = fixture.run()
        await gate.held.reaches(1)
        await fixture.source.reads.reaches(2)
        fixture.stop.open()
        await fixture.observer.stops.reaches(1)
        gate.open()
        let summary = await outcome
        #expect(summary.status == .interrupted)
        #expect(fixture.sink.accepted.value == 1)
        #expect(fixture.journal.checkpoints.last?.nextRow == 1)
        let next = fixture.again(ScriptedRowSource(count: 10, row: { Self.row($0, bytes: 1_000) }))
        #expect(await next.run(resuming: fixture.interrupted()).status == .completed)
        #expect(fixture.sink.content.count == 10)
    }
}
