import Pipeline
import TestSupport
import Testing

/// Points that a sink answers with a fault of its own each time, and requests that are too much for it.
@Suite(.timeLimit(.minutes(5)))
struct PoisonPointTests {
    private func engine(count: Int = 16) -> EngineFixture {
        var engine = EngineFixture(source: ScriptedRowSource(count: count))
        engine.options.chunkRows = 16
        return engine
    }

    private func failing(on rows: Set<Int>, seed: UInt64 = 0) -> InMemorySink {
        InMemorySink(storesPartOnFault: true) { call, points throws(PipelineError) in
            await Pace.pause(seed: seed, call)
            for point in points {
                if case .integer(let number) = point.row.key, rows.contains(Int(number)) { throw .unavailable() }
            }
        }
    }

    @Test(arguments: 0..<16)
    func `are found and rejected, and all others stored, even where there is one upsert only`(bad: Int) async {
        var engine = engine()
        engine.sink = failing(on: [bad])
        let summary = await engine.run()
        #expect(summary.status == .completedWithRejects)
        #expect(engine.storedRows.isSuperset(of: Set(0..<16).subtracting([bad])))
        #expect(engine.journal.rejections.map(\.key) == ["\(bad)"])
        #expect(
            engine.journal.rejections.first?.reason.contains("while others were stored: connection refused") == true
        )
        #expect(summary.tally.rejected == 1 && summary.tally.upserted == 15)
        #expect(summary.tally.upsertRequests == engine.sink.requests)
    }

    @Test(arguments: SeededRandom.seeds(Torture.rounds(10, long: 60)))
    func `are found wherever and however many they are`(seed: UInt64) async {
        var random = SeededRandom(seed: seed)
        // One row at least is sound, whose point proves that the sink is well.
        let bad = Set((1..<100).filter { _ in Int.random(in: 0..<15, using: &random) == 0 })
        var engine = engine(count: 100)
        engine.options.chunkRows = Int.random(in: 10...40, using: &random)
        engine.sink = failing(on: bad, seed: seed)
        engine.policy.maxOutage = .seconds(3_600)
        let summary = await engine.run()
        #expect(summary.status == (bad.isEmpty ? .completed : .completedWithRejects))
        #expect(Set(engine.journal.rejections.compactMap(\.key)) == Set(bad.map(String.init)))
        #expect(summary.tally.upserted == 100 - bad.count)
    }

    @Test func `are found out where nothing else is stored, by a change that changes nothing`() async {
        var engine = engine(count: 3)
        engine.sink = failing(on: [0, 1, 2])
        let summary = await engine.run()
        #expect(summary.status == .completedWithRejects)
        #expect(Set(engine.journal.rejections.compactMap(\.key)) == ["0", "1", "2"])
    }

    @Test func `are not seen while the sink takes no change at all`() async {
        var engine = engine(count: 3)
        engine.sink = InMemorySink(
            before: { _, _ throws(PipelineError) in throw .unavailable() },
            beforeCall: { _ throws(PipelineError) in throw .unavailable() }
        )
        let summary = await engine.run()
        #expect(summary.status == .interrupted)
        #expect(summary.error?.kind == .outage)
        #expect(engine.journal.rejections.isEmpty)
    }

    @Test(arguments: [6, 30])
    func `are not seen in an outage, which costs a few requests more`(failures: Int) async {
        var engine = engine(count: 64)
        engine.sink = InMemorySink { call, _ throws(PipelineError) in if call <= failures { throw .unavailable() } }
        engine.policy.maxOutage = .seconds(3_600)
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(engine.storedRows == Set(0..<64))
        #expect(engine.sink.requests - failures <= 4 + failures)
    }

    @Test(arguments: [1, 3, 10])
    func `more than the sink takes at once are stored in smaller parts`(most: Int) async {
        var engine = engine(count: 50)
        engine.sink = InMemorySink { _, points throws(PipelineError) in
            if points.count > most { throw PipelineError(.tooMuch, "at most \(most) points") }
        }
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(engine.storedRows == Set(0..<50))
        #expect(summary.tally.retries == 0)
        #expect(engine.clock.now.offset == .zero)
    }

    @Test func `one that is too much by itself is rejected while others are stored`() async {
        var engine = engine()
        engine.sink = InMemorySink { _, points throws(PipelineError) in
            if points.contains(where: { $0.row.key == .integer(5) }) { throw PipelineError(.tooMuch, "costs too much") }
        }
        let summary = await engine.run()
        #expect(summary.status == .completedWithRejects)
        #expect(engine.journal.rejections.map(\.key) == ["5"])
        #expect(engine.storedRows == Set(0..<16).subtracting([5]))
    }
}
