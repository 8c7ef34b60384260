import Pipeline
import TestSupport
import Testing

/// Rows that come whole and are compared value by value.
@Suite(.timeLimit(.minutes(5)))
struct DeepComparisonTests {
    /// Points of which the payload, or the text in it, was edited by hand: their hashes still agree.
    private func editedSink() -> InMemorySink {
        let sink = InMemorySink(holding: 0..<30)
        sink.edit(4) { $0.point.row.payload = Array(#"{"edited":true}"#.utf8)[...] }
        sink.edit(25) { $0.point.row.text = Array("edited".utf8)[...] }
        return sink
    }

    private func engine(_ table: ScriptedTable) -> EngineFixture {
        var engine = EngineFixture(source: ScriptedRowSource(table))
        engine.sink = editedSink()
        engine.options.comparesValues = true
        return engine
    }

    @Test func `finds payloads that were edited by hand, and restores them without embedding`() async {
        let engine = engine(ScriptedTable(count: 30))
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(engine.deviations == [])
        #expect(engine.embedders[0].requests == 0)
        #expect(Set(engine.sink.replaced) == [.integer(4), .integer(25)])
        var tally = Tally()
        tally.rowsRead = 30
        tally.unchanged = 28
        tally.payloadUpdated = 2
        tally.upsertRequests = 2
        #expect(summary.tally == tally)
        #expect(engine.lookup.questions.isEmpty)
    }

    @Test func `does not find them by their hashes alone`() async {
        let engine = EngineFixture(comparing: ScriptedTable(count: 30), sink: editedSink())
        #expect(await engine.run().tally.unchanged == 30)
        #expect(engine.deviations.count == 2)
    }

    @Test func `carries over missing rows and changed texts as well`() async {
        let table = ScriptedTable(count: 40, rejected: [35])
        table.put(4, text: "another text")
        table.put(9, payload: "{}")
        let engine = engine(table)
        let summary = await engine.run()
        #expect(summary.status == .completedWithRejects)
        #expect(engine.deviations == [])
        #expect(summary.tally.embedded == 1 + 9 && summary.tally.payloadUpdated == 2)
        #expect(summary.tally.unchanged == 27 && summary.tally.rejected == 1 && summary.tally.rowsRead == 40)
    }

    @Test func `asks for payloads once a chunk`() async {
        let engine = engine(ScriptedTable(count: 30))
        _ = await engine.run()
        let details = engine.sink.log.compactMap { call -> PointDetail? in
            guard case .points(_, let detail) = call else { return nil }
            return detail
        }
        #expect(details == [.payloads, .payloads, .payloads])
    }
}
