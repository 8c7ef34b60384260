import Pipeline
import TestSupport
import Testing

/// Every request and every further try is counted, whatever came of it.
@Suite(.timeLimit(.minutes(5)))
struct AccountingTests {
    @Test func `retries of a failed upsert count`() async {
        var engine = EngineFixture(source: ScriptedRowSource(count: 10))
        engine.sink = InMemorySink { call, points throws(PipelineError) in
            if call <= 2 { throw .unavailable() }
            if points.contains(where: { $0.row.key == .integer(3) }) { throw PipelineError(.row(.unstorable), "x") }
        }
        let summary = await engine.run()
        #expect(summary.tally.retries == 2)
        #expect(summary.tally.upsertRequests == engine.sink.requests)
    }

    @Test func `retries of the last read count`() async {
        let lost = Level()
        let engine = EngineFixture(
            source: ScriptedRowSource(
                count: 20,
                before: { row, _ throws(PipelineError) in
                    if row == 20, lost.next() == 1 { throw .unavailable() }
                }
            )
        )
        #expect(await engine.run().tally.retries == 1)
    }
}
