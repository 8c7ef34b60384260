import Pipeline
import TestSupport
import Testing

/// Rows and points that change while an incremental run is between two looks at them.
@Suite(.timeLimit(.minutes(5)))
struct MovingRowTests {
    /// Ten rows with their points, of which row 3 has another text since; `moves` before it is looked up.
    private func engine(_ moves: @escaping @Sendable (ScriptedTable, InMemorySink) -> Void) -> EngineFixture {
        let table = ScriptedTable(count: 10)
        table.put(3, text: "changed")
        let sink = InMemorySink(holding: 0..<10)
        var engine = EngineFixture(comparing: table, sink: sink)
        engine.lookup = ScriptedLookup(table) { call, _ throws(PipelineError) in if call == 1 { moves(table, sink) } }
        return engine
    }

    @Test func `a row that has changed again is stored as it is now`() async {
        let engine = engine { table, _ in table.put(3, text: "changed again") }
        let summary = await engine.run()
        #expect(engine.embedders[0].timesEmbedded == ["changed again": 1])
        #expect(summary.tally.embedded == 1 && summary.tally.unchanged == 9)
        #expect(engine.deviations == [])
    }

    @Test func `a row that is again what its point says is left alone`() async {
        let engine = engine { table, _ in table.put(3) }
        let summary = await engine.run()
        #expect(engine.embedders[0].requests == 0 && engine.sink.requests == 0)
        #expect(summary.tally.unchanged == 10)
        #expect(engine.deviations == [])
    }

    @Test func `a row whose text is again the old one only gets its payload replaced`() async {
        let engine = engine { table, _ in table.put(3, payload: #"{"changed":true}"#) }
        let summary = await engine.run()
        #expect(engine.embedders[0].requests == 0)
        #expect(summary.tally.payloadUpdated == 1 && summary.tally.unchanged == 9)
        #expect(engine.deviations == [])
    }

    @Test func `a row that is gone is not stored, and its point is stale`() async {
        let engine = engine { table, _ in table.delete(3) }
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(engine.sink.requests == 0 && engine.sink[3] != nil)
        var tally = Tally()
        tally.rowsRead = 10
        tally.unchanged = 9
        tally.stale = 1
        #expect(summary.tally == tally)
    }

    @Test func `a row that cannot be accepted any more is rejected, and keeps its point`() async {
        let engine = engine { table, _ in table.reject(3) }
        let summary = await engine.run()
        #expect(summary.status == .completedWithRejects)
        #expect(engine.journal.rejections.map(\.key) == ["3"])
        #expect(summary.tally.rejected == 1 && summary.tally.stale == 0)
        #expect(engine.sink[3] != nil)
    }

    @Test func `a row whose point is gone when its payload is replaced is embedded and stored`() async {
        let engine = engine { table, sink in
            for row in 3..<8 { table.put(row, payload: #"{"changed":\#(row)}"#) }
            sink.remove(5)
        }
        for row in 4..<8 { engine.source.table.put(row, text: "changed") }
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(engine.embedders[0].timesEmbedded == ["text of row 5": 1])
        #expect(summary.tally.payloadUpdated == 4 && summary.tally.upserted == 1 && summary.tally.embedded == 1)
        #expect(engine.deviations == [])
    }

    @Test func `a row whose payload is refused in every way is rejected`() async {
        let refused = PipelineError(.row(.unstorable), "the payload is nested too deep")
        let table = ScriptedTable(count: 10)
        for row in 2..<7 { table.put(row, payload: #"{"deep":\#(row)}"#) }
        let sink = InMemorySink(
            (0..<10).map { .sample($0) },
            before: { _, points throws(PipelineError) in
                if points.contains(where: { $0.row.key == .integer(4) }) { throw refused }
            },
            beforeCall: { call throws(PipelineError) in
                guard case .replace(let updates) = call else { return }
                if updates.contains(where: { $0.row.key == .integer(4) }) { throw refused }
            }
        )
        let engine = EngineFixture(comparing: table, sink: sink)
        let summary = await engine.run()
        #expect(summary.status == .completedWithRejects)
        #expect(engine.journal.rejections == [Rejection(key: "4", reason: "the payload is nested too deep")])
        #expect(summary.tally.payloadUpdated == 4 && summary.tally.unchanged == 5 && summary.tally.rejected == 1)
    }
}
