import Pipeline
import TestSupport
import Testing

/// Points that bear nobody's name.
@Suite(.timeLimit(.minutes(5)))
struct AdoptionTests {
    private static let vector = Vector(json: Array("[0.25,0.5,1]".utf8)[...])

    /// Nobody's points of rows 0 to 4: of another text from 2 on, of 4 the text is not known. Point 5 is another sync's.
    private func engine(
        _ mode: SyncMode,
        adopts: Bool = true,
        sink: InMemorySink = InMemorySink()
    ) -> EngineFixture {
        let table = ScriptedTable(count: 8)
        for row in 0..<6 {
            var point = Point.sample(row, text: (2...3).contains(row) ? "an old text" : nil, payload: #"{"old":true}"#)
            point.vector = Self.vector
            sink.put(point, row == 5 ? .foreign("another sync") : .none, tellsText: row != 4)
        }
        var engine = EngineFixture(source: ScriptedRowSource(table, yieldsDigests: mode == .incremental))
        engine.sink = sink
        engine.options.adopts = adopts
        return engine
    }

    @Test(arguments: SyncMode.allCases)
    func `keep their vector where they were made of the same text`(mode: SyncMode) async throws {
        let engine = engine(mode)
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.tally.payloadUpdated == 2 && summary.tally.embedded == 6 && summary.tally.upserted == 6)
        for row in 0..<8 {
            let stored = try #require(engine.sink[row])
            #expect(stored.mark == .current)
            #expect(stored.point.row.payload == Row.sample(row).payload)
            #expect((stored.point.vector.json == Self.vector.json) == (row < 2))
        }
    }

    @Test(arguments: SyncMode.allCases)
    func `are replaced where they are not to be adopted`(mode: SyncMode) async {
        let engine = engine(mode, adopts: false)
        let summary = await engine.run()
        #expect(summary.tally.payloadUpdated == 0 && summary.tally.embedded == 8)
        #expect(engine.deviations == [])
    }

    @Test(arguments: SyncMode.allCases)
    func `are embedded after all where the sink does not take their new payload`(mode: SyncMode) async {
        let sink = InMemorySink(beforeCall: { call throws(PipelineError) in
            guard case .replace(let updates) = call else { return }
            if updates.contains(where: { $0.row.key == .integer(1) }) {
                throw PipelineError(.row(.unstorable), "there is no such point")
            }
        })
        let engine = engine(mode, sink: sink)
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.tally.payloadUpdated == 1 && summary.tally.embedded == 7 && summary.tally.upserted == 7)
        #expect(sink[0]?.point.vector.json == Self.vector.json)
        #expect(sink[1]?.point.vector.json == FakeEmbedder.vector(of: Row.sample(1).text).json)
    }
}
