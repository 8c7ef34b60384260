import Pipeline
import TestSupport
import Testing

/// A run for just the rows that earlier ones rejected.
@Suite(.timeLimit(.minutes(5)))
struct RetryTests {
    /// 30 rows of which 3, 5 and 12 have no point and 7 has that of an older text; two points have no row.
    private func engine() -> EngineFixture {
        let table = ScriptedTable(count: 30, without: [9])
        let sink = InMemorySink(holding: Set(0..<32).subtracting([3, 5, 7, 12]))
        sink.edit(7) { $0.point = .sample(7, text: "older") }
        var engine = EngineFixture(source: ScriptedRowSource(table))
        engine.sink = sink
        engine.options.retriesRejected = true
        engine.options.comparesValues = true
        engine.options.prune = PruneOptions(limit: .max)
        return engine
    }

    private func retry(
        _ numbers: [Int],
        rejections: [Rejection] = [],
        _ engine: EngineFixture
    ) async -> RunSummary {
        let source = ListedRowSource(
            numbers.map { .integer(UInt64($0)) },
            rejections: rejections,
            lookup: engine.lookup
        )
        let run = SyncRun(
            feeds: RunFeeds(main: source, digests: engine.digests, lookup: engine.lookup),
            endpoints: engine.embedders.map { Endpoint($0, limit: 4) },
            sink: engine.sink,
            journal: engine.journal,
            options: engine.options,
            retrier: engine.retrier
        )
        return await run.run(EngineFixture.header) { [stop = engine.stop] in try? await stop.pass() }
    }

    @Test func `embeds those alone, and leaves what has been carried over or is gone`() async {
        let engine = engine()
        let summary = await retry([3, 5, 7, 9, 11], engine)
        #expect(summary.status == .completed)
        #expect(
            engine.embedders[0].timesEmbedded == ["text of row 3": 1, "text of row 5": 1, "text of row 7": 1]
        )
        #expect(summary.tally.rowsRead == 4 && summary.tally.unchanged == 1 && summary.tally.upserted == 3)
        for row in [3, 5, 7] {
            #expect(engine.sink[row]?.point.vector.json == Point.sample(row).vector.json)
        }
    }

    @Test func `compares no other rows and deletes nothing, however many snapshots it took`() async {
        var engine = engine()
        engine.options.chunkRows = 1
        let summary = await retry([3, 5, 7], engine)
        #expect(summary.status == .completed)
        #expect(summary.snapshots == 3 && !summary.caughtUp)
        #expect(engine.phases == [.carrying])
        #expect(engine.digests.log.opened.isEmpty && engine.source.log.opened.isEmpty)
        #expect(engine.sink[12] == nil && engine.sink.deleted.isEmpty && summary.tally.stale == 0)
    }

    @Test func `rejects again what still cannot be carried over`() async {
        var engine = engine()
        engine.embedders = [
            FakeEmbedder { _, texts throws(PipelineError) in
                if texts.contains(where: { $0.string == "text of row 5" }) {
                    throw PipelineError(.row(.unembeddable), "the embedding is all zero")
                }
            }
        ]
        engine.source.table.reject(12)
        let summary = await retry([3, 5, 12], rejections: [Rejection(key: "x", reason: "no number")], engine)
        #expect(summary.status == .completedWithRejects)
        #expect(summary.tally.rejected == 3 && summary.tally.upserted == 1 && summary.tally.rowsRead == 4)
        #expect(Set(engine.journal.rejections.compactMap(\.key)) == ["5", "12", "x"])
    }

    @Test func `of nothing is complete`() async {
        let engine = engine()
        let summary = await retry([], engine)
        #expect(summary.status == .completed)
        #expect(summary.tally == Tally())
        #expect(engine.journal.events == [.began(EngineFixture.header), .ended(.completed, Tally())])
        #expect(engine.lookup.questions.isEmpty)
    }

    @Test func `says with which option to go on where too many rows are rejected`() async {
        var engine = engine()
        engine.options.maxRejections = 0
        let summary = await retry([], rejections: [Rejection(key: "x", reason: "no number")], engine)
        #expect(summary.status == .failed)
        #expect(summary.error?.kind == .tooManyRejections)
        #expect(summary.error?.remedy?.contains("--retry-rejected") == true)
    }
}
