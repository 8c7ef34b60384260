import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable))
struct ChunkBytesTests {
    private static let megabytes =
        ItemTable.creation + """
            INSERT INTO items SELECT i, repeat('x', 1000000), jsonb_build_object('i', repeat('y', 1000))
            FROM generate_series(1, 20) AS i;
            """

    @Test func `large rows make small chunks, and the rest of the FETCH comes in the next ones`() async throws {
        try await withDatabase { database in
            try await database.run(Self.megabytes)
            let limit = ChunkLimit(rows: 100, bytes: 3_500_000)
            let chunks = try await database.source(ItemTable.query).chunks(limit)
            #expect(chunks.map(\.rows.count) == [3, 3, 3, 3, 3, 3, 2])
            #expect(chunks.allSatisfy { $0.rows.reduce(0) { $0 + $1.byteCount } <= limit.bytes })
            #expect(chunks.keys == (1...20).map(String.init))
            #expect(chunks.allSatisfy { $0.snapshot == 1 })
        }
    }

    @Test func `a row above the limit makes a chunk of its own`() async throws {
        try await withDatabase { database in
            try await database.run(
                ItemTable.creation + ItemTable.rows(1...5) + "UPDATE items SET text = repeat('x', 5000) WHERE id = 3"
            )
            let source = try database.source(ItemTable.query)
            let chunks = try await source.chunks(ChunkLimit(rows: 2, bytes: 1000))
            #expect(chunks.map { [$0].keys } == [["1", "2"], ["3"], ["4", "5"]])
            #expect(try await source.chunks(ChunkLimit(rows: 2, bytes: 0)).map(\.rows.count) == [1, 1, 1, 1, 1])
        }
    }

    @Test func `resumes behind a chunk that was cut by its bytes`() async throws {
        try await withDatabase { database in
            try await database.run(Self.megabytes)
            let source = try database.source(ItemTable.query)
            try await source.open(after: nil)
            let first = try #require(try await source.nextChunk(ChunkLimit(rows: 100, bytes: 2_500_000)))
            #expect([first].keys == ["1", "2"])
            await source.close()
            #expect(try await source.chunks(after: first.end).keys == (3...20).map(String.init))
        }
    }
}
