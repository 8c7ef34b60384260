import Pipeline
import TestSupport
import Testing
import Threading

/// One row's fault costs that row only.
@Suite(.timeLimit(.minutes(5)))
struct RowFaultTests {
    private static let unembeddable = PipelineError(.row(.unembeddable), "the embedding is all zero")
    private static let unstorable = PipelineError(.row(.unstorable), "the payload is nested too deep")

    private func engine(count: Int = 16) -> EngineFixture {
        var engine = EngineFixture(source: ScriptedRowSource(count: count))
        engine.options.chunkRows = 16
        engine.options.requestTexts = 16
        return engine
    }

    private func failing(_ rows: Set<Int>) -> FakeEmbedder {
        let texts = Set(rows.map { "text of row \($0)" })
        return FakeEmbedder { _, batch throws(PipelineError) in
            if batch.contains(where: { texts.contains($0.string) }) { throw Self.unembeddable }
        }
    }

    @Test func `halves a request that has too many texts, and sends no more of them to that server`() async {
        let counts = Locked<[Int]>([])
        var engine = engine(count: 200)
        engine.requestLimit = 1
        engine.embedders = [
            FakeEmbedder { _, texts throws(PipelineError) in
                counts.withLock { $0.append(texts.count) }
                if texts.count > 5 { throw PipelineError(.tooMuch, "batch size \(texts.count) > 5") }
            }
        ]
        let summary = await engine.run()
        #expect(summary.status == .completed && summary.tally.rejected == 0)
        #expect(engine.storedRows == Set(0..<200))
        #expect(counts.withLock { $0.filter { $0 > 5 } }.count <= 3)
        #expect(summary.endpoints.first?.setting.texts == 4)
    }

    @Test func `rejects a text that is too much even alone`() async {
        var engine = engine()
        engine.embedders = [
            FakeEmbedder { _, texts throws(PipelineError) in
                if texts.contains(where: { $0.string == "text of row 3" }) { throw PipelineError(.tooMuch, "too much") }
            }
        ]
        let summary = await engine.run()
        #expect(summary.status == .completedWithRejects)
        #expect(engine.storedRows == Set(0..<16).subtracting([3]))
    }

    @Test(arguments: 0..<16)
    func `finds the one text that cannot be embedded`(bad: Int) async {
        var engine = engine()
        engine.embedders = [failing([bad])]
        let summary = await engine.run()
        #expect(summary.status == .completedWithRejects)
        #expect(engine.storedRows == Set(0..<16).subtracting([bad]))
        #expect(engine.timesStored == [1])
        #expect(
            engine.journal.rejections == [Rejection(key: "\(bad)", reason: "the embedding is all zero", rowCount: 1)]
        )
        #expect(summary.tally.rejected == 1 && summary.tally.embedded == 15 && summary.tally.upserted == 15)
        // 16 texts, then two requests for each halving.
        #expect(engine.embedders[0].requests == 9)
        #expect(summary.tally.embedRequests == 9)
        #expect(Set(engine.embedders[0].timesEmbedded.values) == [1])
    }

    @Test(arguments: 0..<16)
    func `finds the one point that cannot be stored`(bad: Int) async {
        var engine = engine()
        engine.sink = InMemorySink(storesPartOnFault: true) { _, points throws(PipelineError) in
            if points.contains(where: { $0.row.key == .integer(UInt64(bad)) }), points.count > 0 {
                throw Self.unstorable
            }
        }
        let summary = await engine.run()
        #expect(summary.status == .completedWithRejects)
        #expect(engine.storedRows.isSuperset(of: Set(0..<16).subtracting([bad])))
        #expect(
            engine.journal.rejections
                == [Rejection(key: "\(bad)", reason: "the payload is nested too deep", rowCount: 1)]
        )
        #expect(summary.tally.rejected == 1 && summary.tally.embedded == 16 && summary.tally.upserted == 15)
    }

    @Test(arguments: SeededRandom.seeds(20))
    func `rejects exactly the rows at fault, each once, and stores the others`(seed: UInt64) async {
        var random = SeededRandom(seed: seed)
        let bySource = Set((0..<120).filter { _ in Int.random(in: 0..<15, using: &random) == 0 })
        let byEmbedder = Set((0..<120).filter { _ in Int.random(in: 0..<10, using: &random) == 0 })
        let bySink = Set((0..<120).filter { _ in Int.random(in: 0..<10, using: &random) == 0 })
        var engine = EngineFixture(source: ScriptedRowSource(count: 120, rejected: bySource))
        engine.options.chunkRows = Int.random(in: 1...40, using: &random)
        engine.options.requestTexts = .fixed(Int.random(in: 1...20, using: &random))
        engine.embedders = [failing(byEmbedder)]
        engine.sink = InMemorySink { call, points throws(PipelineError) in
            await Pace.pause(seed: seed, call)
            // A server fails now and then as well.
            if call % 7 == 0 { throw .unavailable() }
            for point in points {
                if case .integer(let number) = point.row.key, bySink.contains(Int(number)) { throw Self.unstorable }
            }
        }
        let audit = MarkAudit(of: engine.sink)
        engine.journal = InMemoryJournal { _, events throws(PipelineError) in audit.check(events) }

        let summary = await engine.run()
        let rejected = bySource.union(byEmbedder).union(bySink)
        #expect(engine.storedRows == Set(0..<120).subtracting(rejected))
        #expect(engine.journal.rejections.count == rejected.count)
        #expect(Set(engine.journal.rejections.compactMap(\.key)) == Set(rejected.map(String.init)))
        #expect(summary.tally.rejected == rejected.count)
        #expect(summary.tally.upserted == 120 - rejected.count)
        #expect(summary.status == (rejected.isEmpty ? .completed : .completedWithRejects))
        #expect(audit.faults == [])
    }

    @Test func `sends no upsert for a chunk of which nothing is left`() async {
        var engine = engine()
        engine.embedders = [failing(Set(0..<16))]
        let summary = await engine.run()
        #expect(summary.tally.rejected == 16)
        #expect(engine.sink.requests == 0)
        #expect(engine.journal.checkpoints.last?.nextRow == 16)
    }

    @Test func `does not blame a row for a fault of the server`() async {
        var engine = engine()
        engine.embedders = [FakeEmbedder { call, _ throws(PipelineError) in if call < 5 { throw .unavailable() } }]
        let summary = await engine.run()
        #expect(summary.tally.rejected == 0)
        #expect(summary.tally.embedRequests == 5)
        #expect(summary.tally.retries == 4)
    }
}
