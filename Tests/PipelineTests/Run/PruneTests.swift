import Pipeline
import TestSupport
import Testing

/// Points without a row are deleted only when told so, and not too many of them.
@Suite(.timeLimit(.minutes(5)))
struct PruneTests {
    private func engine(rows: Int, stale: Int, prune: PruneOptions?) -> EngineFixture {
        var engine = EngineFixture(
            comparing: ScriptedTable(count: rows),
            sink: InMemorySink(holding: 0..<rows + stale)
        )
        engine.options.prune = prune
        return engine
    }

    @Test func `deletes all points without a row, and no other`() async {
        let engine = engine(rows: 50, stale: 5, prune: PruneOptions())
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.tally.stale == 5 && summary.tally.deleted == 5)
        #expect(Set(engine.sink.deleted) == Set((50..<55).map { .integer(UInt64($0)) }))
        #expect(engine.deviations == [])
        #expect(engine.journal.events.last == .ended(.completed, summary.tally))
    }

    struct Brake: Sendable, CustomTestStringConvertible {
        var rows: Int
        var stale: Int
        var limit: Int?
        var isRefused: Bool

        var testDescription: String {
            "\(stale) of \(rows + stale), limit \(limit.map(String.init) ?? "none")"
        }
    }

    @Test(arguments: [
        // Ten points may always go, and a tenth of all.
        Brake(rows: 5, stale: 10, limit: nil, isRefused: false),
        Brake(rows: 5, stale: 11, limit: nil, isRefused: true),
        Brake(rows: 99, stale: 11, limit: nil, isRefused: false),
        Brake(rows: 98, stale: 11, limit: nil, isRefused: true),
        Brake(rows: 5, stale: 12, limit: 12, isRefused: false),
        Brake(rows: 5, stale: 12, limit: 100, isRefused: false),
        Brake(rows: 5, stale: 13, limit: 12, isRefused: true),
        Brake(rows: 1_000, stale: 3, limit: 2, isRefused: true),
        Brake(rows: 10, stale: 1, limit: 0, isRefused: true),
        Brake(rows: 0, stale: 11, limit: nil, isRefused: true),
    ])
    func `stops at what looks like a mistake`(brake: Brake) async {
        let engine = engine(rows: brake.rows, stale: brake.stale, prune: PruneOptions(limit: brake.limit))
        let summary = await engine.run()
        if brake.isRefused {
            #expect(summary.status == .failed)
            #expect(summary.error?.kind == .setup)
            #expect(summary.error?.message.contains("\(brake.stale) ") == true)
            #expect(summary.error?.remedy?.contains("--prune-limit \(brake.stale)") == true)
            #expect(engine.sink.deleted.isEmpty)
            #expect(engine.sink.content.count == brake.rows + brake.stale)
        } else {
            #expect(summary.status == .completed)
            #expect(summary.tally.deleted == brake.stale)
            #expect(engine.deviations == [])
        }
    }

    @Test func `spares the point of a row that was committed since they were counted`() async {
        var engine = engine(rows: 50, stale: 5, prune: PruneOptions())
        let table = engine.source.table
        engine.lookup = ScriptedLookup(table) { call, _ throws(PipelineError) in if call == 2 { table.put(52) } }
        let summary = await engine.run()
        #expect(engine.lookup.questions.count == 2)
        #expect(summary.tally.stale == 5 && summary.tally.deleted == 4)
        #expect(engine.sink[52] != nil)
        #expect(engine.deviations == [])
    }

    @Test func `deletes no more points than were counted, whatever has become of the table since`() async {
        var engine = engine(rows: 50, stale: 5, prune: PruneOptions())
        let table = engine.source.table
        engine.lookup = ScriptedLookup(table) { call, _ throws(PipelineError) in
            if call == 2 { for row in 0..<50 { table.delete(row) } }
        }
        let summary = await engine.run()
        #expect(summary.tally.stale == 5 && summary.tally.deleted == 5)
        #expect(engine.sink.content.count == 50)
    }

    @Test func `deletes page by page, each after another look at its rows`() async {
        let engine = engine(rows: 500, stale: 2_000, prune: PruneOptions(limit: 2_000))
        let summary = await engine.run()
        #expect(summary.tally.deleted == 2_000)
        let sizes = engine.sink.log.compactMap { call -> Int? in
            guard case .delete(let points) = call else { return nil }
            return points.count
        }
        #expect(sizes.count >= 2 && sizes.allSatisfy { (1...1_000).contains($0) })
        // Once to count, once to delete.
        #expect(engine.lookup.questions.count == 6)
        #expect(engine.deviations == [])
    }

    @Test func `tries again while a server is away`() async {
        let failures = Level()
        let table = ScriptedTable(count: 20)
        let sink = InMemorySink(
            (0..<23).map { .sample($0) },
            beforeCall: { call throws(PipelineError) in
                if case .delete = call, failures.next() <= 2 { throw .unavailable() }
            }
        )
        var engine = EngineFixture(comparing: table, sink: sink)
        engine.options.prune = PruneOptions()
        let summary = await engine.run()
        #expect(summary.tally.deleted == 3 && summary.tally.retries == 2)
        #expect(engine.deviations == [])
    }
}
