import Pipeline
import TestSupport
import Testing

/// All embedding servers draw from one stream of requests.
@Suite(.timeLimit(.minutes(5)))
struct SeveralServersTests {
    @Test func `uses every server up to its limit at once`() async {
        let gate = Gate()
        var engine = EngineFixture(source: ScriptedRowSource(count: 200))
        engine.embedders = (1...3).map { FakeEmbedder("\($0)") { _, _ throws(PipelineError) in try await gate.pass() } }
        engine.requestLimit = 3
        let fixture = engine
        async let outcome = fixture.run()
        await gate.held.reaches(9)
        #expect(fixture.embedders.map(\.inFlight.value) == [3, 3, 3])
        gate.open()
        let summary = await outcome
        #expect(summary.concurrencyReached == 9)
        #expect(fixture.embedders.map(\.inFlight.highest) == [3, 3, 3])
        #expect(fixture.storedRows.count == 200)
    }

    @Test func `goes on with the others, and without a wait, while one fails`() async {
        var engine = EngineFixture(source: ScriptedRowSource(count: 100))
        engine.clock = ManualClock()
        engine.embedders = [
            FakeEmbedder("away") { _, _ throws(PipelineError) in throw .unavailable() }, FakeEmbedder("well"),
        ]
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(engine.storedRows == Set(0..<100))
        // No time passed, so its rest did not end: only what was under way at first failed.
        #expect(engine.embedders[0].requests <= engine.requestLimit)
        #expect(summary.tally.retries == engine.embedders[0].requests)
    }

    @Test func `tells what each server has done`() async {
        var engine = EngineFixture(source: ScriptedRowSource(count: 100))
        engine.embedders = (1...3).map { FakeEmbedder("\($0)") }
        let summary = await engine.run()
        #expect(summary.endpoints.map(\.name) == ["1", "2", "3"])
        #expect(summary.endpoints.map(\.requests) == engine.embedders.map(\.requests))
        #expect(summary.endpoints.map(\.texts).reduce(0, +) == 100)
        #expect(summary.endpoints.allSatisfy { $0.failures == 0 && $0.setting.texts == 4 })
    }

    @Test func `takes a server back when it answers again`() async {
        var engine = EngineFixture(source: ScriptedRowSource(count: 200))
        let clock = ManualClock()
        engine.clock = clock
        engine.embedders = [
            FakeEmbedder("back soon") { call, _ throws(PipelineError) in if call == 1 { throw .unavailable() } },
            FakeEmbedder("well") { _, _ throws(PipelineError) in clock.advance(by: .milliseconds(200)) },
        ]
        engine.requestLimit = 1
        _ = await engine.run()
        #expect(engine.embedders[0].requests > 5)
        #expect(engine.storedRows.count == 200)
    }

    @Test func `waits when all are away, and goes on with the first that is back`() async {
        var engine = EngineFixture(source: ScriptedRowSource(count: 100))
        engine.embedders = (1...2).map { number in
            FakeEmbedder("\(number)") { call, _ throws(PipelineError) in
                if call <= 4 || number == 2 { throw .unavailable() }
            }
        }
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(engine.storedRows == Set(0..<100))
        let waits = engine.observer.events.compactMap { event -> Duration? in
            if case .waiting(.embedder, _, _, let delay) = event { delay } else { nil }
        }
        #expect(waits.contains { $0 > .zero })
        let recoveries = engine.observer.events.count { if case .recovered(.embedder) = $0 { true } else { false } }
        #expect(recoveries > 0)
    }

    @Test func `takes the requests that wait as soon as its rest is over, however slow the others are`() async {
        let gate = Gate()
        let served = Level()
        let rested = FakeEmbedder("rested") { call, _ throws(PipelineError) in
            if call == 1 { throw .unavailable() }
            served.change(by: 1)
        }
        var engine = EngineFixture(source: ScriptedRowSource(count: 16))
        engine.clock = ManualClock()
        engine.options.chunkRows = 16
        engine.requestLimit = 1
        engine.embedders = [
            rested, FakeEmbedder("slow") { _, _ throws(PipelineError) in try await gate.pass() },
        ]
        let fixture = engine
        async let outcome = fixture.run()
        await gate.held.reaches(1)
        await fixture.clock.sleepers.reaches(1)
        fixture.clock.advance(by: .seconds(1))
        // The other server is still at its first request.
        await served.reaches(3)
        #expect(gate.held.value == 1)
        gate.open()
        #expect(await outcome.status == .completed)
    }

    @Test func `does not end because one server asks for more patience than there is`() async {
        let asking = FakeEmbedder("asking") { _, _ throws(PipelineError) in
            throw .unavailable(retryAfter: .seconds(86_400))
        }
        var engine = EngineFixture(source: ScriptedRowSource(count: 100))
        engine.embedders = [asking, FakeEmbedder("well")]
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(engine.sink.content.count == 100)
    }

    @Test(arguments: [0, 1, 5])
    func `waits for no server that is stuck, once the others have nothing else to do`(answers: Int) async {
        let never = Gate()
        var engine = EngineFixture(source: ScriptedRowSource(count: 100))
        engine.embedders = [
            FakeEmbedder("stuck") { call, _ throws(PipelineError) in
                if call > answers { try await never.pass() }
            },
            FakeEmbedder("well"),
        ]
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(engine.storedRows == Set(0..<100))
        #expect(summary.tally.embedded == 100)
        #expect(engine.embedders[0].timesEmbedded.values.allSatisfy { $0 == 1 })
        #expect(never.held.value == 0)
        let overtaken = engine.observer.events.compactMap { event -> [String]? in
            if case .overtaken(let server, let other) = event { [server, other] } else { nil }
        }
        #expect(overtaken.contains(["stuck", "well"]))
    }
}
