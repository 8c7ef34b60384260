import Pipeline
import TestSupport
import Testing
import Threading

/// The window bounds what is in flight.
@Suite(.timeLimit(.minutes(5)))
struct BackPressureTests {
    @Test func `stops reading while the oldest chunk stalls, and goes on after it`() async {
        let gate = Gate()
        var engine = EngineFixture(source: ScriptedRowSource(count: 200))
        engine.sink = InMemorySink { _, points throws(PipelineError) in
            if points[0].row.key == .integer(0) { try await gate.pass() }
        }
        let fixture = engine
        async let outcome = fixture.run()

        // The younger chunks get through; they keep their places behind the oldest.
        await gate.held.reaches(1)
        await fixture.sink.accepted.reaches(20)
        await fixture.observer.count.reaches(4)  // began, entered, and two chunks finished
        #expect(fixture.source.reads.value == 3)
        #expect(fixture.journal.checkpoints.isEmpty)

        gate.open()
        #expect(await outcome.status == .completed)
        #expect(fixture.storedRows == Set(0..<200))
    }

    @Test(arguments: SeededRandom.seeds(20))
    func `never has more chunks in flight than the window holds`(seed: UInt64) async {
        var random = SeededRandom(seed: seed)
        let window = Int.random(in: 1...6, using: &random)
        let sink = InMemorySink { call, _ throws(PipelineError) in await Pace.pause(seed: seed, call) }
        let widest = Locked(0)
        let source = ScriptedRowSource(
            count: 300,
            before: { row, _ throws(PipelineError) in
                let content = sink.content
                let mark = (0..<300).first { content[.integer(UInt64($0))] == nil } ?? 300
                // The chunk that is about to be read needs a place too.
                widest.withLock { $0 = max($0, row / 10 - mark / 10 + 1) }
            }
        )
        var engine = EngineFixture(source: source)
        engine.sink = sink
        engine.options.window = window
        _ = await engine.run()
        #expect(widest.withLock { $0 } <= window)
        #expect(engine.storedRows == Set(0..<300))
    }

    @Test func `reads on while chunks are being embedded`() async {
        let gate = Gate()
        var engine = EngineFixture(source: ScriptedRowSource(count: 100))
        engine.requestLimit = 20
        engine.embedders = [FakeEmbedder { _, _ throws(PipelineError) in try await gate.pass() }]
        let fixture = engine
        async let outcome = fixture.run()
        // Three chunks of three requests each: all at once.
        await gate.held.reaches(9)
        #expect(fixture.source.reads.value == 3)
        gate.open()
        #expect(await outcome.concurrencyReached >= 9)
    }

    @Test func `asks for chunks of the size it was told`() async {
        var engine = EngineFixture(source: ScriptedRowSource(count: 25))
        engine.options.chunkBytes = 1_000_000
        _ = await engine.run()
        #expect(Set(engine.source.log.limits.map(\.rows)) == [10])
        #expect(Set(engine.source.log.limits.map(\.bytes)) == [1_000_000])
    }

    @Test func `bounds a request by texts and by bytes`() async {
        let sizes = Locked<[(count: Int, bytes: Int)]>([])
        var engine = EngineFixture(
            source: ScriptedRowSource(
                count: 60,
                row: { number in
                    .sample(number, text: String(repeating: "x", count: 1 + number * 7 % 50))
                }
            )
        )
        engine.options.requestBytes = 60
        engine.embedders = [
            FakeEmbedder { _, texts throws(PipelineError) in
                sizes.withLock { $0.append((texts.count, texts.reduce(0) { $0 + $1.count })) }
            }
        ]
        _ = await engine.run()
        #expect(engine.storedRows.count == 60)
        #expect(sizes.withLock { $0.allSatisfy { $0.count <= 4 && $0.bytes <= 60 } })
    }

    @Test(arguments: [1, 10, 25, 30, 99, 100, 101])
    func `ends after as many rows as the limit says`(limit: Int) async {
        var engine = EngineFixture(source: ScriptedRowSource(count: 100))
        engine.options.limit = limit
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(engine.storedRows == Set(0..<min(limit, 100)))
    }

    @Test func `counts the rows of earlier attempts towards the limit`() async {
        var engine = EngineFixture(source: ScriptedRowSource(count: 100))
        engine.options.limit = 45
        let summary = await engine.run(resuming: .before(30))
        #expect(engine.storedRows == Set(30..<45))
        #expect(summary.tally.rowsRead == 45)
        #expect(summary.rowsThisAttempt == 15)
    }
}
