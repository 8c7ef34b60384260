import Pipeline
import TestSupport
import Testing

/// The low-water mark is all that is durable, and all that is needed.
@Suite(.timeLimit(.minutes(10)))
struct ResumeTests {
    private static let rejected: Set = [3, 17, 18, 44, 71]

    private func source() -> ScriptedRowSource { ScriptedRowSource(count: 87, rejected: Self.rejected) }

    @Test func `gives the same content from each of its marks`() async {
        var whole = EngineFixture(source: source())
        // One after another, so that each chunk has a mark of its own.
        whole.options.window = 1
        let summary = await whole.run()
        #expect(summary.status == .completedWithRejects)
        let marks = whole.journal.checkpoints
        #expect(marks.count == 9)

        for mark in marks {
            let next = mark.nextRow ?? 0
            // What an attempt that died left behind: all below the mark, and something of what lay above it.
            let left = whole.sink.content.values.map(\.point).filter { point in
                guard case .integer(let number) = point.row.key else { return false }
                return number < next || number % 3 == 0 && number < next + 30
            }
            var resumed = EngineFixture(source: source())
            resumed.sink = InMemorySink(left)
            let before = Set(Self.rejected.filter { $0 < next }.map(String.init))
            let known = Set<RejectedKey?>(before.map { RejectedKey($0) })
            let audit = MarkAudit(of: resumed.sink, from: next, rejected: before)
            resumed.journal = InMemoryJournal { _, events throws(PipelineError) in audit.check(events) }

            let outcome = await resumed.run(resuming: InterruptedRun(at: mark, rejectedKeys: known))
            #expect(resumed.storedRows == whole.storedRows)
            #expect(outcome.status == .completedWithRejects)
            #expect(outcome.tally == summary.tally)
            #expect(outcome.resumedFrom == mark.position)
            #expect(outcome.rowsThisAttempt == 87 - next)
            #expect(resumed.source.log.opened == [mark.position])
            #expect(
                Set(resumed.journal.rejections.compactMap(\.key))
                    == Set(Self.rejected.map(String.init)).subtracting(before)
            )
            #expect(audit.faults == [])
        }
    }

    @Test func `does nothing again that lies below the mark`() async {
        var engine = EngineFixture(source: ScriptedRowSource(count: 50))
        engine.sink = InMemorySink(holding: 0..<30)
        let summary = await engine.run(resuming: .before(30))
        #expect(engine.storedRows == Set(0..<50))
        #expect(engine.timesStored == [1])
        #expect(engine.embedders[0].timesEmbedded.count == 20)
        #expect(summary.tally.rowsRead == 50 && summary.tally.upserted == 50 && summary.tally.unchanged == 0)
    }

    @Test func `restores what lay below the mark and is gone`() async {
        var engine = EngineFixture(source: ScriptedRowSource(count: 50))
        engine.sink = InMemorySink(holding: 5..<30)
        let summary = await engine.run(resuming: .before(30))
        #expect(summary.status == .completed && summary.caughtUp)
        #expect(engine.storedRows == Set(0..<50))
        #expect(engine.embedders[0].timesEmbedded.count == 25)
        #expect(summary.tally.rowsRead == 50)
    }

    @Test(arguments: SeededRandom.seeds(25))
    func `completes over any number of attempts that die at any time`(seed: UInt64) async {
        var random = SeededRandom(seed: seed)
        let count = 150
        let sink = InMemorySink(storesPartOnFault: true) { call, _ throws(PipelineError) in
            await Pace.pause(seed: seed, call)
        }
        var left: InterruptedRun?
        var rejected: [Rejection] = []
        var attempts = 0
        var isComplete = false
        while !isComplete, attempts < 500 {
            attempts += 1
            let source = ScriptedRowSource(count: count, rejected: Self.rejected)
            // Each attempt dies of an error at some request, as if it were killed there.
            let lastRequest = Int.random(in: 3...40, using: &random)
            var engine = EngineFixture(source: source)
            engine.sink = sink
            engine.options.window = Int.random(in: 1...5, using: &random)
            engine.embedders = [
                FakeEmbedder { call, _ throws(PipelineError) in
                    await Pace.pause(seed: ~seed, call)
                    if call > lastRequest { throw .misconfigured }
                }
            ]
            let audit = MarkAudit(
                of: sink,
                from: left?.checkpoint?.nextRow ?? 0,
                rejected: Set(rejected.compactMap(\.key))
            )
            engine.journal = InMemoryJournal { _, events throws(PipelineError) in audit.check(events) }
            let summary = await engine.run(resuming: left)
            #expect(audit.faults == [])
            left = engine.interrupted(left)
            rejected += engine.journal.rejections
            isComplete = summary.status.isFinal
            #expect(isComplete || summary.status == .failed)
        }
        #expect(isComplete)
        #expect(
            Set(sink.content.keys)
                == Set((0..<count).filter { !Self.rejected.contains($0) }.map { .integer(UInt64($0)) })
        )
        #expect(rejected.count == Self.rejected.count)
        #expect(left?.checkpoint?.tally.rowsRead == count)
    }

    @Test func `commits no more often than the interval says, and always at the end`() async {
        let clock = ManualClock()
        var engine = EngineFixture(source: ScriptedRowSource(count: 100))
        engine.clock = clock
        engine.options.window = 1
        engine.options.commitInterval = .seconds(3)
        engine.sink = InMemorySink { _, _ throws(PipelineError) in clock.advance(by: .seconds(1)) }
        _ = await engine.run()
        #expect(engine.journal.checkpoints.map(\.nextRow) == [30, 60, 90, 100])
    }
}
