import Pipeline
import TestSupport
import Testing

/// What changes behind the reading is caught up with: rows and points are compared once more.
@Suite(.timeLimit(.minutes(10)))
struct CatchUpTests {
    /// A source that changes its table once, when it is about to read row 40.
    private func source(
        _ table: ScriptedTable,
        _ mode: SyncMode = .full,
        snapshotRows: Int = 20,
        _ change: @escaping @Sendable () throws(PipelineError) -> Void
    ) -> ScriptedRowSource {
        let times = Level()
        return ScriptedRowSource(
            table,
            yieldsDigests: mode == .incremental,
            snapshotRows: snapshotRows,
            before: { row, _ throws(PipelineError) in
                if row >= 40, times.next() == 1 { try change() }
            }
        )
    }

    @Test(arguments: SyncMode.allCases)
    func `a run over several snapshots finds what changed behind it, and counts its rows once`(mode: SyncMode) async {
        let table = ScriptedTable(count: 60, without: [3])
        var engine = EngineFixture(
            source: source(table, mode) {
                table.put(3)
                table.put(5, text: "changed")
                table.put(6, payload: "{}")
                table.delete(7)
                table.put(70)
            }
        )
        engine.options.window = 1
        engine.options.prune = PruneOptions()
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.caughtUp && summary.snapshots == 3)
        #expect(engine.phases == [.carrying, .catchingUp, .sweeping])
        #expect(engine.deviations == [])
        // Row 70 was read in its turn; row 3 was not.
        #expect(summary.tally.rowsRead == 60 && summary.rowsThisAttempt == 60)
        #expect(summary.tally.unchanged == 0)
        #expect(summary.tally.embedded == 60 + 2 && summary.tally.upserted == 60 + 2)
        #expect(summary.tally.payloadUpdated == 1)
        #expect(summary.tally.stale == 1 && summary.tally.deleted == 1)
        // What was carried over is not carried over again.
        #expect(engine.embedders[0].timesEmbedded.values.allSatisfy { $0 == 1 })
        #expect(engine.journal.checkpoints.last?.nextRow == 71)
    }

    @Test(arguments: SyncMode.allCases)
    func `a run that is resumed finds what changed below its mark`(mode: SyncMode) async {
        let table = ScriptedTable(count: 60)
        table.put(5, text: "changed")
        table.put(6, payload: "{}")
        table.delete(7)
        var engine = EngineFixture(source: ScriptedRowSource(table, yieldsDigests: mode == .incremental))
        engine.sink = InMemorySink((0..<30).filter { $0 != 11 }.map { .sample($0) })
        let summary = await engine.run(resuming: .before(30))
        #expect(summary.status == .completed && summary.caughtUp)
        #expect(engine.deviations == ["point 7 has no row"])
        #expect(summary.tally.stale == 1 && summary.tally.rowsRead == 60)
        #expect(engine.embedders[0].timesEmbedded.count == 30 + 2)
        #expect(summary.tally.payloadUpdated == 1)
    }

    @Test(arguments: SyncMode.allCases)
    func `a run of one snapshot needs no second look`(mode: SyncMode) async {
        let table = ScriptedTable(count: 60)
        let source = source(table, mode, snapshotRows: .max) { table.put(3, text: "changed") }
        let engine = EngineFixture(source: source)
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(!summary.caughtUp && summary.snapshots == 1)
        #expect(engine.digests.reads.value == 0)
        #expect(engine.phases == [.carrying])
    }

    @Test func `a lost connection makes it two snapshots`() async {
        let table = ScriptedTable(count: 60)
        let source = source(table, snapshotRows: .max) { () throws(PipelineError) in
            table.put(3, text: "changed")
            throw .unavailable()
        }
        let engine = EngineFixture(source: source)
        let summary = await engine.run()
        #expect(summary.caughtUp && summary.snapshots == 2)
        #expect(engine.deviations == [])
    }

    @Test(arguments: SyncMode.allCases)
    func `a part of the table is not compared again`(mode: SyncMode) async {
        let table = ScriptedTable(count: 60)
        var engine = EngineFixture(
            source: ScriptedRowSource(table, yieldsDigests: mode == .incremental, snapshotRows: 20)
        )
        engine.sink = InMemorySink(holding: 100..<120)
        engine.options.limit = 45
        engine.options.prune = PruneOptions(limit: 1_000)
        let summary = await engine.run()
        #expect(summary.status == .completed && !summary.caughtUp)
        #expect(engine.digests.reads.value == 0)
        #expect(summary.tally.stale == 0 && engine.sink.deleted.isEmpty)
        #expect(engine.sink.content.count == 45 + 20)
        #expect(engine.phases == [.carrying])
    }

    @Test func `a row that is met again is rejected once`() async {
        let unembeddable = PipelineError(.row(.unembeddable), "the embedding is all zero")
        let table = ScriptedTable(count: 60, rejected: [2, 35], keyless: 4)
        var engine = EngineFixture(source: source(table) { table.reject(11) })
        engine.embedders = [
            FakeEmbedder { _, texts throws(PipelineError) in
                if texts.contains(where: { $0.string == "text of row 20" }) { throw unembeddable }
            }
        ]
        let audit = MarkAudit(of: engine.sink)
        engine.journal = InMemoryJournal { _, events throws(PipelineError) in
            audit.check(events.filter { if case .checkpoint = $0 { false } else { true } })
        }
        let summary = await engine.run()
        #expect(summary.status == .completedWithRejects && summary.caughtUp)
        #expect(engine.journal.rejections.map(\.key) == ["2", "20", "35", nil, "11"])
        #expect(summary.rejections == engine.journal.rejections)
        #expect(summary.tally.rejected == 4 + 4 && summary.tally.rowsRead == 64)
        #expect(audit.faults == [])
        // What was rejected since was stored before.
        #expect(engine.sink[11] != nil)
    }

    @Test func `is journaled without moving the mark, rejections before it`() async {
        let table = ScriptedTable(count: 60)
        var engine = EngineFixture(
            source: source(table) {
                for row in 0..<30 { table.put(row, text: "changed \(row)") }
                table.reject(11)
            }
        )
        engine.options.window = 1
        let audit = MarkAudit(of: engine.sink)
        engine.journal = InMemoryJournal { _, events throws(PipelineError) in audit.check(events) }
        let summary = await engine.run()
        #expect(audit.faults == [])
        // Six chunks, then three that were changed.
        #expect(engine.journal.checkpoints.map(\.nextRow) == [10, 20, 30, 40, 50, 60, 60, 60, 60])
        #expect(engine.journal.checkpoints.map(\.tally.upserted) == [10, 20, 30, 40, 50, 60, 70, 79, 89])
        #expect(engine.journal.groups[8].first == .rejected(Rejection(key: "11", reason: "blank text")))
        #expect(engine.journal.events.last == .ended(.completedWithRejects, summary.tally))
    }

    @Test(arguments: 1...6, SyncMode.allCases)
    func `is taken up by the next attempt when it dies in its midst`(read: Int, mode: SyncMode) async {
        let table = ScriptedTable(count: 60, rejected: [2], keyless: 3)
        var engine = EngineFixture(
            source: source(table, mode) {
                for row in stride(from: 0, to: 40, by: 4) { table.put(row, text: "changed \(row)") }
                table.reject(13)
            }
        )
        engine.options.window = 2
        engine.digests = ScriptedRowSource(
            table,
            yieldsDigests: true,
            before: { _, call throws(PipelineError) in if call == read { throw .misconfigured } }
        )
        let died = await engine.run()
        #expect(died.status == .failed && died.error == .misconfigured && !died.caughtUp)
        #expect(engine.journal.checkpoints.last?.nextRow == 60)

        let left = engine.interrupted()
        table.put(1, payload: "{}")
        let rest = engine.again(ScriptedRowSource(table, yieldsDigests: mode == .incremental))
        let summary = await rest.run(resuming: left)
        #expect(summary.status == .completedWithRejects && summary.caughtUp)
        #expect(rest.deviations == [])
        // The rows without a key were read again, and are the same.
        #expect(summary.tally.rowsRead == 63 && summary.rowsThisAttempt == 0)
        #expect(summary.tally.rejected == 5)
        let journaled = engine.journal.rejections + rest.journal.rejections
        #expect(journaled.map { $0.key ?? "none" }.sorted() == ["13", "2", "none"])
    }

    @Test func `ends interrupted when it is told to stop`() async {
        let gate = Gate()
        let table = ScriptedTable(count: 60)
        var engine = EngineFixture(source: source(table) { table.put(5, text: "changed") })
        engine.clock = ManualClock()
        engine.digests = ScriptedRowSource(
            table,
            yieldsDigests: true,
            before: { row, _ throws(PipelineError) in
                if row >= 30 { try await gate.pass() }
            }
        )
        let fixture = engine
        async let outcome = fixture.run()
        await gate.held.reaches(1)
        fixture.stop.open()
        let summary = await outcome
        #expect(summary.status == .interrupted && !summary.caughtUp)
        #expect(summary.error == nil)
        #expect(fixture.phases == [.carrying, .catchingUp])
        #expect(fixture.journaledEnd == .interrupted)
        #expect(fixture.digests.log.closed >= 1 && fixture.lookup.closed.value >= 1)
    }
}
