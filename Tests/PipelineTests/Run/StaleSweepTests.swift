import Pipeline
import TestSupport
import Testing

/// Points that bear this sync's name and have no row any more.
@Suite(.timeLimit(.minutes(5)))
struct StaleSweepTests {
    private func engine(_ sink: InMemorySink, _ table: ScriptedTable = ScriptedTable(count: 50)) -> EngineFixture {
        EngineFixture(comparing: table, sink: sink)
    }

    private func pages(_ sink: InMemorySink) -> Int {
        sink.log.count { if case .page = $0 { true } else { false } }
    }

    @Test(arguments: SyncMode.allCases)
    func `are counted and left alone`(mode: SyncMode) async {
        let table = ScriptedTable(count: 50)
        var engine = EngineFixture(source: ScriptedRowSource(table, yieldsDigests: mode == .incremental))
        engine.sink = InMemorySink(holding: 0..<55)
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.tally.stale == 5 && summary.tally.deleted == 0)
        #expect(engine.sink.content.count == 55 && engine.sink.deleted.isEmpty)
        #expect(engine.phases == [.carrying, .sweeping])
        #expect(engine.journal.events.last == .ended(.completed, summary.tally))
    }

    @Test func `are not looked for where the exact counts agree`() async {
        let engine = engine(InMemorySink(holding: 10..<50))
        let summary = await engine.run()
        #expect(summary.status == .completed && summary.tally.stale == 0)
        #expect(pages(engine.sink) == 0)
        #expect(engine.phases == [.carrying])
    }

    @Test func `are told from points of rows that were rejected`() async {
        let engine = engine(InMemorySink(holding: 0..<50), ScriptedTable(count: 50, rejected: [4, 30]))
        let summary = await engine.run()
        #expect(summary.tally.rejected == 2 && summary.tally.stale == 0)
        #expect(pages(engine.sink) == 1)
    }

    @Test func `are those as well whose id no row can have made`() async {
        let sink = InMemorySink(holding: 0..<50)
        sink.putStray("not a key")
        var engine = engine(sink)
        #expect(await engine.run().tally.stale == 1)
        engine.options.prune = PruneOptions()
        engine.journal = InMemoryJournal()
        #expect(await engine.run().tally.deleted == 1)
        #expect(engine.deviations == [])
    }

    @Test func `are none of those that bear another name or none`() async {
        let sink = InMemorySink(holding: 0..<50)
        sink.put(.sample(60), .foreign("another sync"))
        sink.put(.sample(61), .none)
        sink.put(.sample(62), .outdated)
        var engine = engine(sink)
        engine.options.prune = PruneOptions(limit: 1_000)
        let summary = await engine.run()
        #expect(summary.tally.stale == 1 && summary.tally.deleted == 1)
        #expect(sink.deleted == [.integer(62)])
        #expect(sink[60] != nil && sink[61] != nil)
    }

    @Test func `are found page by page, however many there are`() async {
        let engine = engine(InMemorySink(holding: 0..<2_600))
        let summary = await engine.run()
        #expect(summary.tally.stale == 2_550)
        #expect(pages(engine.sink) == 3)
        let asked = engine.lookup.questions.map { question -> Int in
            guard case .existing(let keys) = question else { return 0 }
            return keys.count
        }
        #expect(asked == [1_000, 1_000, 600])
    }

    @Test(arguments: SyncMode.allCases)
    func `fail the run where points vanish under it instead`(mode: SyncMode) async {
        let table = ScriptedTable(count: 50)
        let sink = InMemorySink(holding: 0..<20)
        var engine = EngineFixture(
            source: ScriptedRowSource(
                table,
                yieldsDigests: mode == .incremental,
                before: { row, _ throws(PipelineError) in if row == 40 { sink.remove(3) } }
            )
        )
        engine.sink = sink
        engine.options.window = 1
        let summary = await engine.run()
        #expect(summary.status == .failed)
        #expect(summary.error?.kind == .setup)
        #expect(summary.error?.message.contains("holds 49 of the 50 points") == true)
        #expect(engine.journaledEnd == .failed)
    }

    @Test func `are not deleted before the target has been confirmed`() async {
        var engine = engine(InMemorySink(holding: 0..<55))
        engine.options.prune = PruneOptions()
        engine.options.commitInterval = .seconds(3_600)
        let (sink, journal) = (engine.sink, engine.journal)
        let refused = await engine.run(confirmedBy: { () throws(PipelineError) in
            #expect(sink.deleted.isEmpty)
            // All that was done is durable by then.
            #expect(journal.checkpoints.last?.nextRow == 50)
            throw .misconfigured
        })
        #expect(refused.status == .failed && refused.error == .misconfigured)
        #expect(sink.deleted.isEmpty && sink.content.count == 55)
    }

    @Test func `are not looked for, nor is the target confirmed, when the run was stopped before`() async {
        var engine = engine(InMemorySink(holding: 0..<55))
        let gate = Gate()
        engine.clock = ManualClock()
        engine.lookup = ScriptedLookup(engine.source.table) { _, _ throws(PipelineError) in try await gate.pass() }
        engine.source.table.put(49, text: "changed")
        let fixture = engine
        let confirmed = Level()
        async let outcome = fixture.run(confirmedBy: { () throws(PipelineError) in confirmed.change(by: 1) })
        await gate.held.reaches(1)
        fixture.stop.open()
        await fixture.clock.sleepers.reaches(1)
        fixture.clock.advance(by: fixture.options.grace)
        #expect(await outcome.status == .interrupted)
        #expect(confirmed.value == 0 && pages(fixture.sink) == 0)
    }

    @Test func `are abandoned at once when the run is told to stop`() async {
        let gate = Gate()
        let sink = InMemorySink(
            (0..<55).map { .sample($0) },
            beforeCall: { call throws(PipelineError) in if case .page = call { try await gate.pass() } }
        )
        var engine = engine(sink)
        engine.clock = ManualClock()
        engine.options.prune = PruneOptions()
        let fixture = engine
        async let outcome = fixture.run()
        await gate.held.reaches(1)
        fixture.stop.open()
        let summary = await outcome
        #expect(summary.status == .interrupted && summary.error == nil)
        #expect(summary.tally.stale == 0 && sink.deleted.isEmpty)
        #expect(fixture.journaledEnd == .interrupted)
    }

    @Test(arguments: [true, false])
    func `are counted within the grace of a run that is told to stop`(inTime: Bool) async {
        let gate = Gate()
        let sink = InMemorySink(
            (0..<50).map { .sample($0) },
            beforeCall: { call throws(PipelineError) in if case .count = call { try await gate.pass() } }
        )
        var engine = engine(sink)
        engine.clock = ManualClock()
        let fixture = engine
        async let outcome = fixture.run()
        await gate.held.reaches(1)
        fixture.stop.open()
        await fixture.clock.sleepers.reaches(1)
        if inTime { gate.open() } else { fixture.clock.advance(by: fixture.options.grace) }
        #expect(await outcome.status == (inTime ? .completed : .interrupted))
    }
}
