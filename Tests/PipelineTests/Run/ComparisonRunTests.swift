import Pipeline
import TestSupport
import Testing
import Threading

@Suite(.timeLimit(.minutes(5)))
struct ComparisonRunTests {
    private let observer = RecordingObserver()
    private let found = Locked<[String]>([])

    private var retrier: Retrier {
        Retrier(
            policy: RetryPolicy(maxOutage: .seconds(60)),
            clock: RunClock(ManualClock(movesItself: true)),
            observer: observer
        )
    }

    /// Compares, and keeps what is found in words.
    private func compare(
        _ source: ScriptedRowSource,
        _ sink: InMemorySink?,
        lookup: ScriptedLookup? = nil,
        _ change: (inout RunOptions) -> Void = { _ in }
    ) async throws(PipelineError) -> ComparisonSummary {
        var options = EngineFixture.smallChunks
        change(&options)
        let run = ComparisonRun(
            source: source,
            lookup: lookup ?? ScriptedLookup(source.table),
            reader: sink,
            options: options,
            retrier: retrier
        )
        return try await run.run { finding in
            let words =
                switch finding {
                case .row(let key, let difference): "\(key) \(difference.map { "\($0)" } ?? "same")"
                case .rejected(let rejection): "\(rejection.key ?? "no key") rejected"
                case .stale(let point): "\(point.id) stale"
                }
            found.withLock { $0.append(words) }
        }
    }

    private func digests(_ table: ScriptedTable) -> ScriptedRowSource {
        ScriptedRowSource(table, yieldsDigests: true)
    }

    @Test func `tells what every row and point is, in order, and writes nothing`() async throws {
        let table = ScriptedTable(count: 25, rejected: [7], keyless: 2)
        table.put(3, text: "changed")
        table.put(14, payload: "{}")
        let sink = InMemorySink(holding: (0..<22).map(\.self) + [30, 31])
        sink.put(.sample(8), .outdated)
        let source = digests(table)
        let summary = try await compare(source, sink)

        var expected = ComparisonSummary()
        expected.rowsRead = 27
        expected.missing = 3
        expected.textDiffers = 2
        expected.payloadDiffers = 1
        expected.unchanged = 18
        expected.rejected = 3
        expected.stale = 2
        expected.points = 24
        #expect(summary == expected)
        #expect(summary.toEmbed == 5 && summary.differences == 8)
        let odd = [3: "text", 8: "text", 14: "payload", 22: "missing", 23: "missing", 24: "missing", 7: "rejected"]
        let rows = (0..<25).map { "\($0) \(odd[$0] ?? "same")" }
        // Of one chunk the rows come before the rejections.
        let order =
            rows[0..<7] + rows[8..<10] + [rows[7]] + rows[10..<25] + ["no key rejected", "30 stale", "31 stale"]
        #expect(found.withLock { $0 } == Array(order))
        #expect(sink.requests == 0 && sink.replaced.isEmpty && sink.deleted.isEmpty)
        #expect(source.log.closed >= 1)
    }

    @Test func `finds every row missing when there is no target yet`() async throws {
        let summary = try await compare(digests(ScriptedTable(count: 30, rejected: [4])), nil)
        var expected = ComparisonSummary()
        expected.rowsRead = 30
        expected.missing = 29
        expected.rejected = 1
        #expect(summary == expected)
    }

    @Test(arguments: [1, 9, 10, 11, 24, 25, 26])
    func `looks at no more rows than the limit says, and at no stale points then`(limit: Int) async throws {
        let sink = InMemorySink(holding: Array(0..<5) + [90])
        let summary = try await compare(digests(ScriptedTable(count: 25)), sink) { $0.limit = limit }
        let read = min(limit, 25)
        #expect(summary.rowsRead == read && found.withLock { $0.count } == read)
        #expect(summary.unchanged == min(read, 5) && summary.missing == read - min(read, 5))
        #expect(summary.stale == 0 && summary.points == 0)
    }

    @Test(arguments: [StoredPoint.Mark.foreign("another sync"), .none], [true, false])
    func `finds stale points though a row's place is taken by a point of another name`(
        mark: StoredPoint.Mark,
        adopts: Bool
    ) async throws {
        let sink = InMemorySink(holding: 0..<19)
        sink.put(.sample(19), mark)
        sink.putStray("not a key")
        // As many points bear this sync's name as rows have a point.
        let summary = try await compare(digests(ScriptedTable(count: 20)), sink) { $0.adopts = adopts }
        #expect(summary.points == 20 && summary.stale == 1)
        #expect(summary.textDiffers == (adopts && mark == .none ? 0 : 1))
        #expect(summary.unclaimed == (adopts && mark == .none ? 1 : 0))
    }

    @Test func `does not look for stale points where the exact counts agree`() async throws {
        let sink = InMemorySink(holding: 0..<20)
        let summary = try await compare(digests(ScriptedTable(count: 25)), sink)
        #expect(summary.missing == 5 && summary.points == 20)
        #expect(!sink.log.contains { if case .page = $0 { true } else { false } })
    }

    @Test func `compares rows that come whole value by value`() async throws {
        let sink = InMemorySink(holding: 0..<25)
        sink.edit(3) { $0.point.row.payload = Array(#"{"edited":true}"#.utf8)[...] }
        let table = ScriptedTable(count: 25)
        let deep = try await compare(ScriptedRowSource(table), sink)
        #expect(deep.payloadDiffers == 1 && deep.unchanged == 24)
        let shallow = try await compare(digests(table), sink)
        #expect(shallow.payloadDiffers == 0 && shallow.unchanged == 25)
    }

    @Test func `reads on when a connection is lost`() async throws {
        let source = ScriptedRowSource(
            ScriptedTable(count: 25),
            yieldsDigests: true,
            onOpen: { call throws(PipelineError) in if call == 1 { throw .unavailable() } },
            before: { _, call throws(PipelineError) in if call == 2 { throw .unavailable() } }
        )
        let reads = Level()
        let sink = InMemorySink(
            (0..<30).map { .sample($0) },
            beforeCall: { _ throws(PipelineError) in if reads.next() == 1 { throw .unavailable() } }
        )
        let summary = try await compare(source, sink)
        #expect(summary.unchanged == 25 && summary.stale == 5)
        #expect(observer.waits.value == 3)
    }

    @Test func `closes what it reads from after an error`() async {
        let table = ScriptedTable(count: 10)
        let source = ScriptedRowSource(table, before: { _, _ throws(PipelineError) in throw .misconfigured })
        let lookup = ScriptedLookup(table)
        await #expect(throws: PipelineError.misconfigured) { try await compare(source, nil, lookup: lookup) }
        #expect(source.log.closed >= 1 && lookup.closed.value >= 1)
    }

    @Test func `tells nothing of a part when it is cancelled`() async {
        let gate = Gate()
        let source = ScriptedRowSource(
            ScriptedTable(count: 50),
            yieldsDigests: true,
            before: { row, _ throws(PipelineError) in if row == 30 { try await gate.pass() } }
        )
        let run = ComparisonRun(
            source: source,
            lookup: ScriptedLookup(source.table),
            reader: nil,
            options: EngineFixture.smallChunks,
            retrier: retrier
        )
        let error = await withTaskGroup(of: PipelineError?.self) { group in
            group.addTask {
                do throws(PipelineError) {
                    _ = try await run.run { _ in }
                    return nil
                } catch {
                    return error
                }
            }
            await gate.held.reaches(1)
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(error == .cancelled)
    }
}
