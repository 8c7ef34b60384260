import Pipeline
import TestSupport
import Testing

/// Whatever happens to rows, points and runs: in the end the sink is exactly the table.
@Suite(.timeLimit(.minutes(10)))
struct MirrorTests {
    @Test(arguments: SeededRandom.seeds(40))
    func `a run that nothing disturbs makes the sink exactly the table`(seed: UInt64) async {
        let chaos = Chaos(seed: seed)
        let table = ScriptedTable(count: Chaos.range, keyless: chaos.number(0...2))
        let sink = InMemorySink(
            storesPartOnFault: true,
            before: { _, _ throws(PipelineError) in
                await chaos.pause()
                if chaos.happens(onceIn: 15) { throw .unavailable() }
            },
            beforeCall: { _ throws(PipelineError) in
                await chaos.pause()
                if chaos.happens(onceIn: 15) { throw .unavailable() }
            }
        )
        // Points of others, which are nobody else's business.
        sink.put(.sample(1_000), .foreign("another sync"))
        sink.put(.sample(1_001), .none)
        for _ in 0..<40 { chaos.stir(sink) }

        var left: [SyncMode: InterruptedRun] = [:]
        for _ in 0..<chaos.number(1...5) {
            for _ in 0..<chaos.number(0...10) { chaos.stir(table) }
            for _ in 0..<chaos.number(0...10) { chaos.stir(sink) }
            let mode: SyncMode = chaos.happens(onceIn: 2) ? .full : .incremental
            let engine = disturbed(chaos, table, sink, mode)
            let taken = chaos.happens(onceIn: 3) ? nil : left[mode]
            let summary = await engine.run(resuming: taken)
            left[mode] = summary.status.isFinal ? nil : engine.interrupted(taken)
        }

        var quiet = engine(chaos, table, sink, chaos.happens(onceIn: 2) ? .full : .incremental)
        // Hashes tell nothing of payloads that were edited by hand.
        if quiet.source.yieldsDigests { quiet.source = ScriptedRowSource(table) }
        quiet.options.comparesValues = chaos.happens(onceIn: 2) || quiet.options.comparesValues
        quiet.options.prune = PruneOptions(limit: 1_000)
        let summary = await quiet.run()
        #expect(summary.status.isFinal, "\(summary.error?.description ?? "")")
        #expect(quiet.deviations == [])
        #expect(sink[1_000]?.mark == .foreign("another sync") && sink[1_001]?.mark == StoredPoint.Mark.none)

        // Another look finds nothing to do.
        let second = EngineFixture(comparing: table, sink: sink)
        let again = await second.run()
        #expect(again.tally.unchanged == table.content.rows.count)
        #expect(again.tally.upserted == 0 && again.tally.payloadUpdated == 0 && again.tally.stale == 0)
    }

    @Test(arguments: SeededRandom.seeds(40), SyncMode.allCases)
    func `a run that reads a moving table catches up with it`(seed: UInt64, mode: SyncMode) async {
        let chaos = Chaos(seed: seed)
        let table = ScriptedTable(count: Chaos.range, keyless: chaos.number(0...2))
        let sink = InMemorySink { _, _ throws(PipelineError) in await chaos.pause() }
        var left: InterruptedRun?
        var status = RunStatus.interrupted
        var attempts = 0
        while !status.isFinal, attempts < 50 {
            attempts += 1
            var engine = engine(chaos, table, sink, mode)
            engine.source = ScriptedRowSource(
                table,
                yieldsDigests: mode == .incremental,
                snapshotRows: chaos.number(1...15),
                before: { _, _ throws(PipelineError) in for _ in 0..<chaos.number(0...4) { chaos.stir(table) } }
            )
            // All but the fifth attempt may die.
            let lastRequest = attempts < 5 ? chaos.number(3...40) : .max
            engine.embedders = [
                FakeEmbedder { call, _ throws(PipelineError) in
                    await chaos.pause()
                    if call > lastRequest { throw .misconfigured }
                }
            ]
            engine.options.prune = PruneOptions(limit: 1_000)
            let summary = await engine.run(resuming: left)
            status = summary.status
            left = engine.interrupted(left)
            if status.isFinal {
                #expect(summary.caughtUp)
                #expect(engine.deviations == [])
                // Each row was rejected once, however often it was met.
                #expect(summary.tally.rejected >= table.content.keyless)
            }
        }
        #expect(status.isFinal)
    }

    /// A run with sizes of its own.
    private func engine(
        _ chaos: Chaos,
        _ table: ScriptedTable,
        _ sink: InMemorySink,
        _ mode: SyncMode
    ) -> EngineFixture {
        let isDeep = mode == .incremental && chaos.happens(onceIn: 3)
        var engine = EngineFixture(
            source: ScriptedRowSource(
                table,
                yieldsDigests: mode == .incremental && !isDeep,
                snapshotRows: chaos.happens(onceIn: 2) ? chaos.number(5...40) : .max
            )
        )
        engine.sink = sink
        engine.options.comparesValues = isDeep
        engine.options.adopts = chaos.happens(onceIn: 2)
        engine.options.chunkRows = chaos.number(1...15)
        engine.options.chunkDigests = chaos.number(1...30)
        engine.options.chunkBytes = chaos.number(100...5_000)
        engine.options.window = chaos.number(1...4)
        engine.options.prune = chaos.happens(onceIn: 2) ? PruneOptions(limit: 1_000) : nil
        if chaos.happens(onceIn: 3) { engine.donor = InMemorySink(holding: 0..<30) }
        return engine
    }

    /// A run during which rows and points change, servers are away, and which may die or be stopped at any time.
    private func disturbed(
        _ chaos: Chaos,
        _ table: ScriptedTable,
        _ sink: InMemorySink,
        _ mode: SyncMode
    ) -> EngineFixture {
        var engine = engine(chaos, table, sink, mode)
        let disturb = { @Sendable () async throws(PipelineError) in
            await chaos.pause()
            if chaos.happens(onceIn: 2) { chaos.stir(table) }
            if chaos.happens(onceIn: 6) { chaos.stir(sink, keepsVectors: true) }
            if chaos.happens(onceIn: 15) { throw .unavailable() }
        }
        let snapshotRows = chaos.number(5...80)
        engine.source = ScriptedRowSource(
            table,
            yieldsDigests: engine.source.yieldsDigests,
            snapshotRows: snapshotRows,
            before: { _, _ throws(PipelineError) in try await disturb() }
        )
        engine.digests = ScriptedRowSource(
            table,
            yieldsDigests: true,
            snapshotRows: snapshotRows,
            before: { _, _ throws(PipelineError) in try await disturb() }
        )
        engine.lookup = ScriptedLookup(table) { _, _ throws(PipelineError) in try await disturb() }
        let end = chaos.happens(onceIn: 3) ? .max : chaos.number(1...40)
        let isStopped = chaos.happens(onceIn: 2)
        let stop = engine.stop
        engine.embedders = [
            FakeEmbedder { call, _ throws(PipelineError) in
                try await disturb()
                guard call >= end else { return }
                if !isStopped { throw .misconfigured }
                stop.open()
            }
        ]
        return engine
    }
}
