import Pipeline
import TestSupport
import Testing

/// Servers that fail at random: nothing is rejected for it, and little time is lost.
@Suite(.timeLimit(.minutes(10)))
struct FlappingTests {
    @Test(arguments: SeededRandom.seeds(Torture.rounds(5, long: 60)), [50, 90])
    func `rejects nothing, whatever share of the requests fails`(seed: UInt64, percent: Int) async {
        let chaos = Chaos(seed: seed)
        var engine = EngineFixture(source: ScriptedRowSource(count: 80))
        engine.options.chunkRows = chaos.number(1...20)
        engine.options.requestTexts = .fixed(chaos.number(1...8))
        engine.options.window = chaos.number(1...4)
        engine.requestLimit = chaos.number(1...3)
        engine.policy.maxOutage = .seconds(1_000_000)
        engine.embedders = (1...chaos.number(1...2)).map { number in
            FakeEmbedder("\(number)") { _, _ throws(PipelineError) in
                await chaos.pause()
                if chaos.number(1...100) <= percent { throw .unavailable() }
            }
        }
        engine.sink = InMemorySink(
            storesPartOnFault: true,
            before: { _, _ throws(PipelineError) in
                await chaos.pause()
                if chaos.number(1...100) <= percent { throw .unavailable() }
            },
            beforeCall: { _ throws(PipelineError) in
                await chaos.pause()
                if chaos.number(1...100) <= percent { throw .unavailable() }
            }
        )
        let summary = await engine.run()
        #expect(summary.status == .completed, "\(engine.journal.rejections)")
        #expect(summary.tally.rejected == 0)
        #expect(engine.storedRows == Set(0..<80))
    }

    /// How long it takes to embed 1000 texts, one after another.
    private func duration(_ percent: Int, seed: UInt64) async -> Duration {
        let chaos = Chaos(seed: seed)
        let clock = ManualClock(movesItself: true)
        var engine = EngineFixture(source: ScriptedRowSource(count: 1_000))
        engine.clock = clock
        engine.policy = RetryPolicy()
        engine.options.chunkRows = 1
        engine.options.window = 1
        engine.requestLimit = 2
        engine.embedders = [
            FakeEmbedder { _, _ throws(PipelineError) in
                clock.advance(by: .milliseconds(100))
                if chaos.number(1...100) <= percent { throw .unavailable() }
            }
        ]
        return await engine.run().duration
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `keeps nine tenths of the throughput while one request in twenty fails`(seed: UInt64) async {
        let undisturbed = await duration(0, seed: seed)
        let disturbed = await duration(5, seed: seed)
        #expect(undisturbed == .seconds(100))
        #expect(disturbed > undisturbed)
        #expect(undisturbed / disturbed >= 0.9, "\(disturbed)")
    }

    @Test func `grants each request its time by how the last ones went`() async {
        let clock = ManualClock(movesItself: true)
        var engine = EngineFixture(source: ScriptedRowSource(count: 10))
        engine.clock = clock
        engine.options.chunkRows = 1
        engine.options.window = 1
        engine.requestLimit = 1
        engine.embedders = [
            FakeEmbedder { call, _ throws(PipelineError) in
                clock.advance(by: call == 5 ? .seconds(90) : .seconds(call == 1 ? 10 : 1))
                if call == 8 { throw .unavailable() }
            }
        ]
        _ = await engine.run()
        let deadlines = engine.embedders[0].deadlines.map { Int($0 / .seconds(1) + 0.5) }
        // The first answer took ten seconds, the fifth ninety; the eighth request failed.
        #expect(deadlines == [300, 80, 80, 80, 80, 720, 720, 720, 720, 720, 720])
    }

    @Test func `ends nothing for one request that meets the server that is down again and again`() async {
        let clock = ManualClock(movesItself: true)
        var engine = EngineFixture(source: ScriptedRowSource(count: 60))
        engine.clock = clock
        engine.options.requestTexts = 1
        engine.requestLimit = 1
        engine.policy.maxOutage = .seconds(600)
        engine.embedders = [
            FakeEmbedder("down") { _, _ throws(PipelineError) in throw .unavailable() },
            FakeEmbedder("slow") { _, _ throws(PipelineError) in clock.advance(by: .seconds(40)) },
        ]
        // It takes forty minutes, and there is an answer in each of them.
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.duration > .seconds(60 * 40 - 1))
    }
}
