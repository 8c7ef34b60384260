import Pipeline
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct PlanRunTests {
    private let observer = RecordingObserver()

    private var retrier: Retrier {
        Retrier(
            policy: RetryPolicy(maxOutage: .seconds(60)),
            clock: RunClock(ManualClock(movesItself: true)),
            observer: observer
        )
    }

    private func sink(holding rows: some Sequence<Int>) -> InMemorySink {
        InMemorySink(
            rows.map { number in
                let row = Row.sample(number)
                return Point(row: row, vector: FakeEmbedder.vector(of: row.text))
            }
        )
    }

    private func plan(read: Int, insert: Int, update: Int, rejected: Int = 0) -> SyncPlan {
        var plan = SyncPlan()
        plan.rowsRead = read
        plan.insert = insert
        plan.update = update
        plan.rejected = rejected
        return plan
    }

    @Test func `counts what would be inserted, updated and rejected, and writes nothing`() async throws {
        let source = ScriptedRowSource(count: 2_500, rejected: [1, 2, 2_400])
        // Points of rows that are gone do not count.
        let sink = sink(holding: Array(0..<1_200) + [9_000])
        let found = try await PlanRun(source: source, sink: sink, retrier: retrier).run(limit: nil)
        #expect(found == plan(read: 2_500, insert: 1_299, update: 1_198, rejected: 3))
        #expect(sink.requests == 0)
        #expect(source.log.closed >= 1)
        #expect(source.log.limits.allSatisfy { $0.rows <= 1_000 })
    }

    @Test func `would insert every row when there is no target yet`() async throws {
        let source = ScriptedRowSource(count: 30, rejected: [4])
        let found = try await PlanRun(source: source, sink: nil, retrier: retrier).run(limit: nil)
        #expect(found == plan(read: 30, insert: 29, update: 0, rejected: 1))
    }

    @Test(arguments: [1, 999, 1_000, 1_001, 1_500, 1_501])
    func `looks at no more rows than the limit says`(limit: Int) async throws {
        let source = ScriptedRowSource(count: 1_500)
        let found = try await PlanRun(source: source, sink: sink(holding: 0..<10), retrier: retrier).run(limit: limit)
        let read = min(limit, 1_500)
        #expect(found == plan(read: read, insert: read - min(read, 10), update: min(read, 10)))
    }

    @Test func `reads on when a connection is lost`() async throws {
        let source = ScriptedRowSource(
            count: 2_500,
            onOpen: { call throws(PipelineError) in if call == 1 { throw .unavailable() } },
            before: { _, call throws(PipelineError) in if call == 2 { throw .unavailable() } }
        )
        let found = try await PlanRun(source: source, sink: nil, retrier: retrier).run(limit: nil)
        #expect(found == plan(read: 2_500, insert: 2_500, update: 0))
        #expect(observer.waits.value == 2)
    }

    @Test func `closes the source after an error`() async {
        let source = ScriptedRowSource(count: 10, before: { _, _ throws(PipelineError) in throw .misconfigured })
        await #expect(throws: PipelineError.misconfigured) {
            try await PlanRun(source: source, sink: nil, retrier: retrier).run(limit: nil)
        }
        #expect(source.log.closed >= 1)
    }
}
