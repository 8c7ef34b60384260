import Pipeline
import TestSupport
import Testing

/// An incremental run carries over what differs, and nothing else.
@Suite(.timeLimit(.minutes(5)))
struct IncrementalTests {
    @Test func `embeds only missing rows and changed texts, and replaces changed payloads`() async {
        let table = ScriptedTable(count: 60)
        for row in [5, 17] { table.put(row, text: "another text of row \(row)") }
        for row in [20, 21, 44] { table.put(row, payload: #"{"changed":\#(row)}"#) }
        let engine = EngineFixture(comparing: table, sink: InMemorySink(holding: 0..<50))
        let summary = await engine.run()

        #expect(summary.status == .completed)
        #expect(engine.deviations == [])
        let embedded = [5, 17].map { "another text of row \($0)" } + (50..<60).map { "text of row \($0)" }
        #expect(engine.embedders[0].timesEmbedded == Dictionary(uniqueKeysWithValues: embedded.map { ($0, 1) }))
        #expect(Set(engine.sink.replaced) == [.integer(20), .integer(21), .integer(44)])
        var tally = Tally()
        tally.rowsRead = 60
        tally.embedded = 12
        tally.upserted = 12
        tally.payloadUpdated = 3
        tally.unchanged = 45
        tally.embedRequests = 1 + 1 + 3
        tally.upsertRequests = 3 + 2
        #expect(summary.tally == tally)
        #expect(engine.journal.checkpoints.last?.tally == tally)
    }

    @Test func `reads no row and writes nothing where all is as it should be`() async {
        let engine = EngineFixture(comparing: ScriptedTable(count: 60), sink: InMemorySink(holding: 0..<60))
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.tally.unchanged == 60 && summary.tally.rowsRead == 60)
        #expect(engine.lookup.questions.isEmpty)
        #expect(engine.sink.requests == 0 && engine.sink.replaced.isEmpty)
        #expect(engine.embedders[0].requests == 0)
    }

    @Test func `remembers with a new payload that the text had to be cut`() async throws {
        let table = ScriptedTable(count: 10)
        table.put(3, payload: #"{"changed":3}"#)
        table.put(4, payload: #"{"changed":4}"#)
        var cut = Point.sample(3)
        cut.vector = Vector(json: Array("[0.5,0.5,1]".utf8)[...])
        cut.isTruncated = true
        let sink = InMemorySink((0..<10).map { $0 == 3 ? cut : .sample($0) })
        let engine = EngineFixture(comparing: table, sink: sink)
        #expect(await engine.run().tally.payloadUpdated == 2)
        let stored = try #require(sink[3]).point
        #expect(stored.isTruncated && stored.vector.json == cut.vector.json)
        #expect(sink[4]?.point.isTruncated == false)
        #expect(engine.deviations == [])
    }

    @Test func `embeds again what another embedder has made, though its hashes agree`() async {
        let sink = InMemorySink(holding: 0..<20)
        for row in [2, 11] { sink.put(.sample(row), .outdated) }
        let engine = EngineFixture(comparing: ScriptedTable(count: 20), sink: sink)
        let summary = await engine.run()
        #expect(summary.tally.embedded == 2 && summary.tally.unchanged == 18)
        #expect(engine.deviations == [])
    }

    @Test(arguments: [StoredPoint.Mark.foreign("another sync"), .none])
    func `makes its own of the points that are in the place of its rows`(mark: StoredPoint.Mark) async {
        let sink = InMemorySink(holding: 0..<20)
        sink.put(.sample(7), mark)
        let engine = EngineFixture(comparing: ScriptedTable(count: 20), sink: sink)
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.tally.embedded == 1 && summary.tally.unchanged == 19)
        #expect(engine.deviations == [])
    }

    @Test func `reads rows that differ whole, as many at once as make a chunk`() async {
        var engine = EngineFixture(comparing: ScriptedTable(count: 55))
        engine.options.chunkDigests = 100
        let summary = await engine.run()
        #expect(engine.source.log.limits.map(\.rows) == [100, 100])
        let sizes = engine.lookup.questions.map { question -> Int in
            guard case .rows(let keys) = question else { return 0 }
            return keys.count
        }
        #expect(sizes.reduce(0, +) == 55 && sizes.allSatisfy { (1...10).contains($0) })
        #expect(summary.tally.upserted == 55)
        #expect(engine.deviations == [])
    }

    @Test func `asks again for rows that found no room in an answer`() async {
        let table = ScriptedTable(count: 10)
        // They have grown since they were compared.
        let lookup = ScriptedLookup(table) { call, _ throws(PipelineError) in
            if call > 1 { return }
            for row in 0..<10 { table.put(row, text: String(repeating: "long ", count: 100) + "\(row)") }
        }
        var engine = EngineFixture(comparing: table)
        engine.lookup = lookup
        engine.options.chunkBytes = 1_400
        let summary = await engine.run()
        #expect(lookup.questions.count == 5)
        #expect(summary.tally.upserted == 10 && summary.tally.embedded == 10)
        #expect(engine.deviations == [])
    }

    @Test func `counts what was tried again`() async {
        let failures = Level()
        let once = { @Sendable (seen: Level) throws(PipelineError) in
            if seen.next() == 1 {
                failures.change(by: 1)
                throw .unavailable()
            }
        }
        let table = ScriptedTable(count: 5)
        let (reads, replaces, lookups, counts) = (Level(), Level(), Level(), Level())
        let sink = InMemorySink(
            (0..<4).map { .sample($0) },
            beforeCall: { call throws(PipelineError) in
                switch call {
                case .points: try once(reads)
                case .replace: try once(replaces)
                case .count: try once(counts)
                case .page, .delete: break
                }
            }
        )
        table.put(1, payload: "{}")
        var engine = EngineFixture(comparing: table, sink: sink)
        engine.lookup = ScriptedLookup(table) { _, _ throws(PipelineError) in try once(lookups) }
        let summary = await engine.run()
        #expect(failures.value == 4)
        #expect(summary.tally.retries == 4)
        #expect(summary.status == .completed)
        #expect(summary.tally.upsertRequests == 3)
        #expect(engine.deviations == [])
    }
}
