import Pipeline
import TestSupport
import Testing

/// Every row is stored exactly once, whatever the order in which its chunk gets there.
@Suite(.timeLimit(.minutes(10)))
struct DeliveryTests {
    @Test func `carries every row to the sink with the vector of its own text`() async {
        let engine = EngineFixture(source: ScriptedRowSource(count: 95))
        let summary = await engine.run()

        #expect(engine.storedRows == Set(0..<95))
        #expect(engine.timesStored == [1])
        #expect(engine.embedders[0].timesEmbedded.count == 95)
        #expect(Set(engine.embedders[0].timesEmbedded.values) == [1])
        #expect(summary.status == .completed)
        #expect(summary.error == nil)
        var tally = Tally()
        tally.rowsRead = 95
        tally.embedded = 95
        tally.upserted = 95
        tally.embedRequests = 9 * 3 + 2
        tally.upsertRequests = 10
        #expect(summary.tally == tally)
        #expect(summary.rowsThisAttempt == 95)
        #expect(!engine.source.log.isViolated)
        #expect(engine.source.log.closed >= 1)
    }

    @Test func `journals the attempt from its beginning to its end`() async {
        let engine = EngineFixture(source: ScriptedRowSource(count: 20))
        let summary = await engine.run()
        let events = engine.journal.events
        #expect(events.first == .began(EngineFixture.header))
        #expect(events.last == .ended(.completed, summary.tally))
        #expect(engine.journal.checkpoints.last == Checkpoint(position: .init("before 20"), tally: summary.tally))
    }

    @Test func `completes an empty source without a request`() async {
        let engine = EngineFixture(source: ScriptedRowSource(count: 0))
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.tally == Tally())
        #expect(engine.embedders[0].requests == 0 && engine.sink.requests == 0)
        #expect(engine.journal.checkpoints.isEmpty)
        #expect(engine.journaledEnd == .completed)
    }

    @Test func `stores a chunk as one upsert, in the order of its rows`() async {
        let upserts = RecordedKeys()
        var engine = EngineFixture(source: ScriptedRowSource(count: 40))
        engine.sink = InMemorySink { _, points throws(PipelineError) in upserts.add(points.map(\.row.key)) }
        engine.embedders = [FakeEmbedder { call, _ throws(PipelineError) in await Pace.pause(seed: 7, call) }]
        _ = await engine.run()
        let expected = (0..<4).map { chunk in (0..<10).map { RowKey.integer(UInt64(chunk * 10 + $0)) } }
        #expect(upserts.all.sorted { $0[0].description < $1[0].description } == expected)
    }

    @Test(arguments: SeededRandom.seeds(40))
    func `carries every row exactly once for any sizes and orders`(seed: UInt64) async {
        var random = SeededRandom(seed: seed)
        let count = Int.random(in: 0...300, using: &random)
        var engine = EngineFixture(
            source: ScriptedRowSource(count: count, snapshotRows: Int.random(in: 5...100, using: &random))
        )
        // No server is ever late.
        engine.clock = ManualClock()
        engine.options.chunkRows = Int.random(in: 1...40, using: &random)
        engine.options.chunkBytes = Int.random(in: 1...8_000, using: &random)
        engine.options.requestTexts = .fixed(Int.random(in: 1...20, using: &random))
        engine.options.requestBytes = Int.random(in: 1...400, using: &random)
        engine.options.window = Int.random(in: 1...9, using: &random)
        engine.requestLimit = Int.random(in: 1...4, using: &random)
        engine.embedders = (1...Int.random(in: 1...3, using: &random)).map { number in
            FakeEmbedder("\(number)") { call, _ throws(PipelineError) in
                await Pace.pause(seed: seed &+ UInt64(number), call)
            }
        }
        engine.sink = InMemorySink { call, _ throws(PipelineError) in await Pace.pause(seed: ~seed, call) }
        let audit = MarkAudit(of: engine.sink)
        engine.journal = InMemoryJournal { _, events throws(PipelineError) in audit.check(events) }

        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.caughtUp == (summary.snapshots > 1))
        #expect(engine.storedRows == Set(0..<count))
        #expect(engine.timesStored.isSubset(of: [1]))
        let timesEmbedded = engine.embedders.flatMap { Array($0.timesEmbedded.values) }
        #expect(timesEmbedded.count == count && timesEmbedded.allSatisfy { $0 == 1 })
        #expect(summary.tally.rowsRead == count && summary.tally.embedded == count && summary.tally.upserted == count)
        #expect(summary.tally.embedRequests == engine.embedders.reduce(0) { $0 + $1.requests })
        #expect(summary.tally.upsertRequests == engine.sink.requests)
        #expect(audit.faults == [])
        #expect(engine.journal.checkpoints.last?.nextRow ?? 0 == count)
        #expect(!engine.source.log.isViolated)
        #expect(engine.embedders.allSatisfy { $0.inFlight.highest <= engine.requestLimit })
        #expect(summary.concurrencyReached <= engine.requestLimit * engine.embedders.count)
    }

    @Test func `says how many snapshots it read`() async {
        let engine = EngineFixture(source: ScriptedRowSource(count: 50, snapshotRows: 20))
        #expect(await engine.run().snapshots == 3)
    }

    @Test func `tells the observer what happens`() async {
        let engine = EngineFixture(source: ScriptedRowSource(count: 30))
        let summary = await engine.run()
        var finished = Tally()
        var committed: [Checkpoint] = []
        var embedded = (requests: 0, texts: 0)
        var stored = (requests: 0, points: 0)
        for (index, event) in engine.observer.events.enumerated() {
            switch event {
            case .began(let attempt, let checkpoint): #expect(index == 0 && attempt == 1 && checkpoint == nil)
            case .entered: #expect(index == 1)
            case .finished(let tally): finished += tally
            case .committed(let checkpoint): committed.append(checkpoint)
            case .embedded(_, let texts, let bytes, _):
                embedded = (embedded.requests + 1, embedded.texts + texts)
                #expect(bytes > 0)
            case .stored(let points, _): stored = (stored.requests + 1, stored.points + points)
            default: Issue.record("\(event)")
            }
        }
        #expect(finished == summary.tally)
        #expect(embedded == (summary.tally.embedRequests, 30))
        #expect(stored == (summary.tally.upsertRequests, 30))
        #expect(committed == engine.journal.checkpoints)
        #expect(engine.phases == [.carrying])
    }

    @Test func `names the stage that the time was spent in`() async {
        let clock = ManualClock()
        var engine = EngineFixture(source: ScriptedRowSource(count: 30))
        engine.clock = clock
        engine.options.window = 1
        engine.embedders = [FakeEmbedder { _, _ throws(PipelineError) in clock.advance(by: .seconds(3)) }]
        engine.sink = InMemorySink { _, _ throws(PipelineError) in clock.advance(by: .seconds(1)) }
        let summary = await engine.run()
        #expect(summary.bottleneck == .embedder)
        #expect(summary.duration == .seconds(3 * 9 + 3))
        #expect(summary.rowsPerSecond == 1)
        #expect(summary.busy[.sink] == 0.1)
    }
}
