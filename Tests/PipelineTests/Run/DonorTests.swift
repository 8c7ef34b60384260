import Pipeline
import TestSupport
import Testing

/// Vectors that are taken over from an older generation.
@Suite(.timeLimit(.minutes(5)))
struct DonorTests {
    private static let vector = Vector(json: Array("[0.25,0.5,1]".utf8)[...])

    private static func point(_ row: Int, text: String? = nil, isTruncated: Bool = false) -> Point {
        var point = Point.sample(row, text: text, payload: #"{"old":true}"#)
        point.vector = vector
        point.isTruncated = isTruncated
        return point
    }

    /// Rows 0 and 1 are as they were; 2 has another text now, 3 was cut, 4 is another embedder's, 5 another sync's, 6
    /// nobody's, 7 not there.
    private static func donor() -> InMemorySink {
        let donor = InMemorySink([
            point(0), point(1), point(2, text: "an old text"), point(3, isTruncated: true),
        ])
        donor.put(point(4), .outdated)
        donor.put(point(5), .foreign("another sync"))
        donor.put(point(6), .none)
        return donor
    }

    @Test(arguments: SyncMode.allCases)
    func `are taken over where this embedder made them of the same, whole text`(mode: SyncMode) async throws {
        let table = ScriptedTable(count: 8)
        var engine = EngineFixture(source: ScriptedRowSource(table, yieldsDigests: mode == .incremental))
        engine.donor = Self.donor()
        let summary = await engine.run()
        #expect(summary.status == .completed)
        #expect(summary.tally.reused == 2 && summary.tally.embedded == 6 && summary.tally.upserted == 8)
        #expect(Set(engine.embedders[0].timesEmbedded.keys) == Set((2..<8).map { "text of row \($0)" }))
        for row in 0..<8 {
            let stored = try #require(engine.sink[row])
            #expect((stored.point.vector.json == Self.vector.json) == (row < 2))
            #expect(stored.point.row.payload == Row.sample(row).payload && !stored.point.isTruncated)
        }
    }

    @Test func `are asked for only of rows that would have to be embedded`() async {
        let table = ScriptedTable(count: 8)
        table.put(5, payload: "{}")
        var engine = EngineFixture(comparing: table, sink: InMemorySink(holding: 1..<7))
        let donor = Self.donor()
        engine.donor = donor
        let summary = await engine.run()
        #expect(summary.tally.reused == 1 && summary.tally.embedded == 1 && summary.tally.payloadUpdated == 1)
        let asked = donor.log.flatMap { call -> [RowKey] in
            guard case .points(let keys, .vectors) = call else { return [] }
            return keys
        }
        #expect(asked == [.integer(0), .integer(7)])
        #expect(donor.log.count == 1)
    }
}
