import Pipeline
import TestSupport
import Testing

/// How a run ends that cannot go on: by whose fault, and with what made durable.
@Suite(.timeLimit(.minutes(5)))
struct FailureTests {
    @Test func `waits out an outage of the embedding server`() async {
        var engine = EngineFixture(source: ScriptedRowSource(count: 50))
        engine.embedders = [
            FakeEmbedder { call, _ throws(PipelineError) in if (3...9).contains(call) { throw .unavailable() } }
        ]
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.tally.retries == 7)
        #expect(engine.storedRows == Set(0..<50))
        #expect(engine.timesStored == [1])
    }

    @Test func `waits out an outage of the sink, and harmlessly stores again what it had stored`() async {
        var engine = EngineFixture(source: ScriptedRowSource(count: 50))
        engine.sink = InMemorySink(storesPartOnFault: true) { call, _ throws(PipelineError) in
            if (2...4).contains(call) { throw .unavailable() }
        }
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.tally.retries == 3)
        #expect(summary.tally.upserted == 50)
        #expect(engine.storedRows == Set(0..<50))
    }

    @Test func `reads on where it was when the connection to the source is lost`() async {
        let lost = Level()
        let source = ScriptedRowSource(
            count: 95,
            before: { row, _ throws(PipelineError) in
                if [0, 30, 90, 95].contains(row), lost.value < 8 {
                    lost.change(by: 1)
                    throw .unavailable()
                }
            }
        )
        let engine = EngineFixture(source: source)
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(engine.storedRows == Set(0..<95))
        #expect(engine.timesStored == [1])
        #expect(source.log.opened == [nil])
    }

    @Test func `opens the source again while its server is away`() async {
        let source = ScriptedRowSource(
            count: 20,
            onOpen: { call throws(PipelineError) in
                if call < 4 { throw .unavailable() }
            }
        )
        let engine = EngineFixture(source: source)
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.tally.retries == 3)
        #expect(source.log.opened == [nil, nil, nil, nil])
    }

    @Test(arguments: Stage.allCases)
    func `ends resumable when an outage outlasts its patience`(stage: Stage) async throws {
        var engine = EngineFixture(
            source: ScriptedRowSource(
                count: 100,
                before: { row, _ throws(PipelineError) in
                    if stage == .source, row >= 40 { throw .unavailable() }
                }
            )
        )
        engine.options.window = 1
        engine.embedders = [
            FakeEmbedder { call, _ throws(PipelineError) in if stage == .embedder, call > 12 { throw .unavailable() } }
        ]
        engine.sink = InMemorySink { call, _ throws(PipelineError) in
            if stage == .sink, call > 4 { throw .unavailable() }
        }
        let summary = await engine.run()
        #expect(summary.status == .interrupted)
        #expect(summary.error?.kind == .outage)
        #expect(summary.error?.message.contains(stage.rawValue) == true)
        #expect(engine.journaledEnd == .interrupted)
        #expect(engine.clock.now.offset >= .seconds(50))
        #expect(engine.source.log.closed >= 1)

        #expect(engine.journal.checkpoints.last?.nextRow == 40)
        var rest = EngineFixture(source: ScriptedRowSource(count: 100))
        rest.sink = InMemorySink(engine.sink.content.values.map(\.point))
        #expect(await rest.run(resuming: engine.interrupted()).status == .completed)
        #expect(rest.storedRows == Set(0..<100))
    }

    @Test(arguments: Stage.allCases)
    func `fails at a fault of the set-up, with what was done before it durable`(stage: Stage) async {
        var engine = EngineFixture(
            source: ScriptedRowSource(
                count: 100,
                before: { row, _ throws(PipelineError) in
                    if stage == .source, row >= 40 { throw .misconfigured }
                }
            )
        )
        engine.options.window = 1
        engine.embedders = [
            FakeEmbedder { call, _ throws(PipelineError) in if stage == .embedder, call > 12 { throw .misconfigured } }
        ]
        engine.sink = InMemorySink { call, _ throws(PipelineError) in
            if stage == .sink, call > 4 { throw .misconfigured }
        }
        let summary = await engine.run()
        #expect(summary.status == .failed)
        #expect(summary.error == .misconfigured)
        #expect(summary.tally.rowsRead == 40)
        #expect(engine.journal.checkpoints.last?.nextRow == 40)
        #expect(engine.journaledEnd == .failed)
        #expect(engine.source.log.closed >= 1)
        #expect(engine.clock.now.offset == .zero)
    }

    @Test func `cancels the other chunks when one fails for good`() async {
        let gate = Gate()
        var engine = EngineFixture(source: ScriptedRowSource(count: 100))
        engine.requestLimit = 20
        engine.embedders = [
            FakeEmbedder { _, texts throws(PipelineError) in
                if texts[0].string == "text of row 20" {
                    await gate.held.reaches(6)
                    throw .misconfigured
                }
                if texts[0].string.utf8.count < "text of row 20".utf8.count { try await gate.pass() }
                if texts[0].string < "text of row 20" { try await gate.pass() }
            }
        ]
        // The gate is never opened.
        #expect(await engine.run().error == .misconfigured)
        #expect(engine.embedders[0].inFlight.value == 0)
    }

    @Test(arguments: 1...8)
    func `fails when the journal does, whatever it was about to record`(call: Int) async {
        let lost = PipelineError(.setup, "no space left on device")
        var engine = EngineFixture(
            source: ScriptedRowSource(count: 60),
            journal: InMemoryJournal { number, _ throws(PipelineError) in if number == call { throw lost } }
        )
        // One after another, so that each chunk is recorded by itself.
        engine.options.window = 1
        let summary = await engine.run()
        #expect(summary.status == .failed)
        #expect(summary.error == lost)
        #expect(engine.journal.size.value == call - 1)
        #expect(engine.source.log.closed >= 1)
        // No mark was told that is not durable.
        let told = engine.observer.events.compactMap { if case .committed(let mark) = $0 { mark } else { nil } }
        #expect(told == engine.journal.checkpoints)
        if call == 1 { #expect(engine.source.log.opened.isEmpty) }
    }

    @Test func `keeps the first error when the journal fails after it`() async {
        var engine = EngineFixture(source: ScriptedRowSource(count: 60))
        engine.embedders = [FakeEmbedder { _, _ throws(PipelineError) in throw .misconfigured }]
        engine.journal = InMemoryJournal { call, _ throws(PipelineError) in
            if call > 1 { throw PipelineError(.setup, "no space left on device") }
        }
        let summary = await engine.run()
        #expect(summary.status == .failed)
        #expect(summary.error == .misconfigured)
    }

    @Test(arguments: [(4, RunStatus.failed), (5, .completedWithRejects), (6, .completedWithRejects)])
    func `fails when more rows are rejected than allowed`(allowed: Int, status: RunStatus) async {
        var engine = EngineFixture(source: ScriptedRowSource(count: 50, rejected: [1, 2, 11, 31, 32]))
        engine.options.window = 1
        engine.options.maxRejections = allowed
        let summary = await engine.run()
        #expect(summary.status == status)
        #expect(summary.error?.kind == (status == .failed ? .tooManyRejections : nil))
        // The rows that it stumbled over are in the journal either way.
        #expect(engine.journal.rejections.map(\.key) == ["1", "2", "11", "31", "32"])
        if status == .failed { #expect(summary.error?.message.contains("more than the 4") == true) }
    }

    @Test func `counts rejections that stand for several rows`() async {
        // A source may know no keys to tell its rejected rows apart.
        let engine = EngineFixture(source: ScriptedRowSource(ScriptedTable(count: 1, keyless: 7)))
        let summary = await engine.run()
        #expect(summary.tally.rowsRead == 8)
        #expect(summary.tally.rejected == 7)
        #expect(summary.status == .completedWithRejects)
        #expect(engine.journal.rejections == [Rejection(key: nil, reason: "the key is NULL", rowCount: 7)])
    }

    @Test func `does not append to a journal after its error`() async {
        let calls = Level()
        struct Broken: Journal {
            let calls: Level
            func append(_ events: [JournalEvent]) async throws(PipelineError) {
                if calls.next() >= 2 { throw .misconfigured }
            }
        }
        let fixture = EngineFixture(source: ScriptedRowSource(count: 60))
        let run = SyncRun(
            feeds: RunFeeds(main: fixture.source, digests: fixture.digests, lookup: fixture.lookup),
            endpoints: [Endpoint(FakeEmbedder(), limit: 1)],
            sink: fixture.sink,
            journal: Broken(calls: calls),
            options: fixture.options,
            retrier: fixture.retrier
        )
        _ = await run.run(EngineFixture.header) { try? await Gate().pass() }
        #expect(calls.value == 2)
    }
}
