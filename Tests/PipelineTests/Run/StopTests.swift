import Pipeline
import TestSupport
import Testing

/// What a run does when the operator asks it to stop.
@Suite(.timeLimit(.minutes(5)))
struct StopTests {
    /// Holds the embedding of every text but those of the first ten rows.
    private func held(by gate: Gate, count: Int = 200) -> EngineFixture {
        var engine = EngineFixture(source: ScriptedRowSource(count: count))
        engine.clock = ManualClock()
        engine.requestLimit = 20
        engine.embedders = [
            FakeEmbedder { _, texts throws(PipelineError) in
                if texts[0].string.utf8.count > "text of row 0".utf8.count { try await gate.pass() }
            }
        ]
        return engine
    }

    @Test func `finishes what is in flight, reads no more and can be resumed`() async throws {
        let gate = Gate()
        let engine = held(by: gate)
        async let outcome = engine.run()
        // The first chunk is done; the window is full of three others.
        await gate.held.reaches(9)
        #expect(engine.source.reads.value == 4)

        engine.stop.open()
        await engine.observer.stops.reaches(1)
        gate.open()
        let summary = await outcome
        #expect(summary.status == .interrupted)
        #expect(summary.error == nil)
        #expect(engine.source.reads.value == 4)
        #expect(engine.storedRows == Set(0..<40))
        let mark = try #require(engine.journal.checkpoints.last)
        #expect(mark.nextRow == 40)
        #expect(engine.journal.events.last == .ended(.interrupted, mark.tally))

        let rest = engine.again(ScriptedRowSource(count: 200))
        #expect(await rest.run(resuming: engine.interrupted()).status == .completed)
        #expect(rest.storedRows == Set(0..<200))
        #expect(rest.timesStored == [1])
    }

    @Test func `gives chunks in flight no more than their grace`() async throws {
        let gate = Gate()
        var engine = held(by: gate)
        engine.options.grace = .seconds(5)
        let fixture = engine
        async let outcome = fixture.run()
        await gate.held.reaches(9)
        fixture.stop.open()
        await fixture.clock.sleepers.reaches(1)
        #expect(fixture.clock.nextWake == .seconds(5))
        fixture.clock.advance(by: .seconds(5))

        // The gate is never opened: the requests are cancelled.
        let summary = await outcome
        #expect(summary.status == .interrupted)
        #expect(fixture.storedRows == Set(0..<10))
        #expect(fixture.journal.checkpoints.last?.nextRow == 10)
        #expect(fixture.journaledEnd == .interrupted)
        #expect(fixture.source.log.closed >= 1)
        #expect(!fixture.source.log.isViolated)
    }

    @Test func `does not wait for a read that is under way`() async {
        let gate = Gate()
        let source = ScriptedRowSource(
            count: 100,
            before: { row, _ throws(PipelineError) in
                if row >= 20 { try await gate.pass() }
            }
        )
        var engine = EngineFixture(source: source)
        engine.clock = ManualClock()
        let fixture = engine
        async let outcome = fixture.run()
        await gate.held.reaches(1)
        await fixture.journal.size.reaches(3)  // began, and two marks
        fixture.stop.open()
        #expect(await outcome.status == .interrupted)
        #expect(fixture.journal.checkpoints.last?.nextRow == 20)
        #expect(!source.log.isViolated)
    }

    @Test func `does not begin a chunk whose read ends after the stop`() async {
        let reading = Gate()
        let embedding = Gate()
        let source = ScriptedRowSource(
            count: 100,
            before: { row, _ throws(PipelineError) in
                if row == 10 { try await reading.pass() }
            }
        )
        var engine = EngineFixture(source: source)
        engine.clock = ManualClock()
        engine.embedders = [FakeEmbedder { _, _ throws(PipelineError) in try await embedding.pass() }]
        let fixture = engine
        async let outcome = fixture.run()
        await reading.held.reaches(1)
        await embedding.held.reaches(3)
        fixture.stop.open()
        await fixture.observer.stops.reaches(1)
        reading.open()
        embedding.open()
        #expect(await outcome.status == .interrupted)
        #expect(fixture.storedRows == Set(0..<10))
        #expect(fixture.journal.checkpoints.last?.nextRow == 10)
    }

    @Test func `ends a wait for a server at once when its grace is over`() async {
        var engine = EngineFixture(source: ScriptedRowSource(count: 100))
        engine.clock = ManualClock()
        engine.options.window = 1
        engine.options.grace = .milliseconds(10)
        engine.sink = InMemorySink { _, _ throws(PipelineError) in throw .unavailable() }
        let fixture = engine
        async let outcome = fixture.run()
        await fixture.clock.sleepers.reaches(1)
        fixture.stop.open()
        await fixture.clock.sleepers.reaches(2)
        fixture.clock.advance(by: .milliseconds(10))
        #expect(await outcome.status == .interrupted)
        #expect(fixture.clock.now.offset == .milliseconds(10))
    }

    @Test func `is interrupted when its own task is cancelled`() async {
        let gate = Gate()
        let engine = held(by: gate)
        let summary = await withTaskGroup(of: RunSummary?.self) { group in
            group.addTask { await engine.run() }
            await gate.held.reaches(9)
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(summary?.status == .interrupted)
        #expect(engine.journal.checkpoints.last?.nextRow == 10)
    }

    @Test func `journals a rejection only once its row is below the mark`() async throws {
        let gate = Gate()
        let source = { ScriptedRowSource(count: 60, rejected: [2, 14, 15, 55]) }
        var engine = EngineFixture(source: source())
        engine.clock = ManualClock()
        engine.requestLimit = 20
        engine.embedders = [
            FakeEmbedder { _, texts throws(PipelineError) in
                if texts.contains(where: { $0.string == "text of row 5" }) { try await gate.pass() }
            }
        ]
        let fixture = engine
        async let outcome = fixture.run()
        await gate.held.reaches(1)
        // The second chunk and the third are done, above the one that is held; before that it began and entered.
        await fixture.observer.count.reaches(2 + 2)
        fixture.stop.open()
        await fixture.clock.sleepers.reaches(1)
        fixture.clock.advance(by: fixture.options.grace)
        #expect(await outcome.status == .interrupted)
        #expect(fixture.journal.rejections.isEmpty)
        #expect(fixture.journal.checkpoints.isEmpty)

        let rest = fixture.again(source())
        #expect(await rest.run().status == .completedWithRejects)
        #expect(rest.journal.rejections.map(\.key) == ["2", "14", "15", "55"])
    }

    @Test func `a run whose rows are all done is complete though it was told to stop meanwhile`() async {
        let gate = Gate()
        var engine = EngineFixture(source: ScriptedRowSource(count: 15))
        engine.clock = ManualClock()
        engine.sink = InMemorySink { _, _ throws(PipelineError) in try await gate.pass() }
        let fixture = engine
        async let outcome = fixture.run()
        await gate.held.reaches(2)
        await fixture.source.reads.reaches(3)
        for _ in 0..<1_000 { await Task.yield() }
        fixture.stop.open()
        await fixture.observer.stops.reaches(1)
        gate.open()
        #expect(await outcome.status == .completed)
    }
}
