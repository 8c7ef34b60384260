import Pipeline
import TestSupport
import Testing

/// Texts on which a server breaks down each time, so that its answers look like its own fault.
@Suite(.timeLimit(.minutes(5)))
struct PoisonTextTests {
    private func engine(count: Int = 16) -> EngineFixture {
        var engine = EngineFixture(source: ScriptedRowSource(count: count))
        engine.options.chunkRows = 16
        engine.options.requestTexts = 16
        return engine
    }

    private func crashing(on rows: Set<Int>, _ name: String = "crashing") -> FakeEmbedder {
        let texts = Set(rows.map { "text of row \($0)" })
        return FakeEmbedder(name) { _, batch throws(PipelineError) in
            if batch.contains(where: { texts.contains($0.string) }) { throw .unavailable() }
        }
    }

    @Test(arguments: 0..<16)
    func `are found and rejected, and all others stored`(bad: Int) async {
        var engine = engine()
        engine.embedders = [crashing(on: [bad])]
        let summary = await engine.run()
        #expect(summary.status == .completedWithRejects)
        #expect(engine.storedRows == Set(0..<16).subtracting([bad]))
        let reason = "failed 8 times while the server embedded other texts: connection refused"
        #expect(engine.journal.rejections == [Rejection(key: "\(bad)", reason: reason, rowCount: 1)])
        // Six failures for each halving, eight for the one text.
        #expect(summary.tally.retries == 4 * 6 + 8)
        #expect(summary.tally.embedRequests == engine.embedders[0].requests)
        #expect(engine.clock.now.offset < .seconds(60))
    }

    @Test(arguments: SeededRandom.seeds(Torture.rounds(8, long: 60)))
    func `are found wherever and however many they are, on any number of servers`(seed: UInt64) async {
        var random = SeededRandom(seed: seed)
        let bad = Set((0..<100).filter { _ in Int.random(in: 0..<12, using: &random) == 0 })
        var engine = engine(count: 100)
        engine.options.chunkRows = Int.random(in: 1...40, using: &random)
        engine.options.requestTexts = .fixed(Int.random(in: 1...20, using: &random))
        engine.requestLimit = Int.random(in: 1...3, using: &random)
        engine.embedders = (1...Int.random(in: 1...3, using: &random)).map { crashing(on: bad, "\($0)") }
        engine.policy.maxOutage = .seconds(3_600)
        let summary = await engine.run()
        #expect(summary.status == (bad.isEmpty ? .completed : .completedWithRejects))
        #expect(engine.storedRows == Set(0..<100).subtracting(bad))
        #expect(Set(engine.journal.rejections.compactMap(\.key)) == Set(bad.map(String.init)))
        #expect(summary.tally.rejected == bad.count)
    }

    @Test func `are embedded by a server that can, when another cannot`() async {
        var engine = engine(count: 48)
        engine.embedders = [crashing(on: [3, 20, 40]), FakeEmbedder("sound")]
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(engine.storedRows == Set(0..<48))
    }

    @Test func `are found on one server while another is down`() async {
        var engine = engine()
        engine.embedders = [
            crashing(on: [3]), FakeEmbedder("down") { _, _ throws(PipelineError) in throw .unavailable() },
        ]
        engine.policy.maxOutage = .seconds(3_600)
        let summary = await engine.run()
        #expect(summary.status == .completedWithRejects)
        #expect(engine.journal.rejections.map(\.key) == ["3"])
    }

    @Test(arguments: SeededRandom.seeds(Torture.rounds(8, long: 60)))
    func `are not seen in those that meet a server that is down while the others are full`(seed: UInt64) async {
        var engine = engine(count: 120)
        engine.options.requestTexts = 1
        engine.requestLimit = 1
        engine.policy.maxOutage = .seconds(3_600)
        engine.embedders = [
            FakeEmbedder("down") { _, _ throws(PipelineError) in throw .unavailable() },
            FakeEmbedder("slow") { call, _ throws(PipelineError) in await Pace.pause(seed: seed, call) },
        ]
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.tally.rejected == 0)
    }

    @Test func `are not those for which the server asks for a pause`() async {
        var engine = engine()
        engine.embedders = [
            FakeEmbedder { _, texts throws(PipelineError) in
                if texts.contains(where: { $0.string == "text of row 7" }) {
                    throw .unavailable(retryAfter: .seconds(2))
                }
            }
        ]
        let summary = await engine.run()
        #expect(summary.status == .interrupted)
        #expect(summary.error?.kind == .outage)
        #expect(summary.tally.rejected == 0)
    }

    @Test func `are not seen in an outage of the server`() async {
        var engine = engine()
        engine.embedders = [FakeEmbedder { call, _ throws(PipelineError) in if call < 60 { throw .unavailable() } }]
        engine.policy.maxOutage = .seconds(3_600)
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.tally.rejected == 0)
    }
}
