import Pipeline
import Postgres
import TestSupport
import Testing

/// PostgreSQL fails a whole statement when an expression of the query fails for one row.
@Suite("A row for which the query fails", .enabled(if: TestDatabase.isAvailable))
struct UnreadableRowTests {
    /// Fails for the rows whose number is 0, by dividing, and for those whose payload is no JSON.
    private static let query = """
        SELECT id, (100 / number)::text AS text, payload::jsonb AS payload FROM fragile
        """

    private func withFragileTable(_ body: (TestDatabase) async throws -> Void) async throws {
        try await withDatabase { database in
            try await database.run(
                """
                CREATE TABLE fragile (id bigint PRIMARY KEY, number int, payload text);
                INSERT INTO fragile SELECT i, 1, '{}' FROM generate_series(1, 20) AS i;
                UPDATE fragile SET number = 0 WHERE id IN (1, 7, 8, 9, 20);
                UPDATE fragile SET payload = 'no json' WHERE id = 12;
                """
            )
            try await body(database)
        }
    }

    private static let good = [2, 3, 4, 5, 6, 10, 11, 13, 14, 15, 16, 17, 18, 19].map(String.init)
    private static let bad = ["1", "7", "8", "9", "12", "20"]

    @Test(arguments: [1, 2, 3, 7, 100])
    func `is rejected with the reason, and the others come in order`(rows: Int) async throws {
        try await withFragileTable { database in
            let chunks = try await database.source(Self.query).chunks(.rows(rows))
            #expect(chunks.keys == Self.good)
            #expect(chunks.rejections.map(\.key) == Self.bad)
            #expect(chunks.rejections[0].reason.contains("division by zero"))
            #expect(chunks.rejections[4].reason.contains("invalid input syntax for type json"))
            #expect(chunks.last?.end == Position("20"))
        }
    }

    @Test func `is rejected among digests too`() async throws {
        try await withFragileTable { database in
            let chunks = try await database.source(Self.query, reading: .digests).chunks(.rows(6))
            #expect(chunks.digests.map(\.key.description) == Self.good)
            #expect(chunks.rejections.map(\.key) == Self.bad)
        }
    }

    @Test func `is not read again by what resumes behind it`() async throws {
        try await withFragileTable { database in
            let source = try database.source(Self.query)
            let chunks = try await source.chunks(after: Position("8"))
            #expect(chunks.rejections.map(\.key) == ["9", "12", "20"])
            #expect(chunks.keys.first == "10")
            #expect(try await source.chunks(after: Position("20")).isEmpty)
        }
    }

    @Test func `leaves room to the chunk after its own`() async throws {
        try await withFragileTable { database in
            try await database.run(
                "UPDATE fragile SET payload = jsonb_build_object('a', repeat('x', 1000)) WHERE id > 12"
            )
            let chunks = try await database.source(Self.query).chunks(ChunkLimit(rows: 100, bytes: 2_500))
            #expect(chunks.keys == Self.good)
            #expect(chunks.rejections.map(\.key) == Self.bad)
            #expect(chunks.count > 3)
        }
    }

    @Test func `is rejected where it is looked up`() async throws {
        try await withFragileTable { database in
            let lookup = try database.lookup(Self.query)
            let keys = [2, 7, 12, 19, 500, UInt64.max].map(RowKey.integer)
            let found = try await lookup.rows(of: keys, bytes: .max)
            #expect(found.rows.map(\.key.description).sorted() == ["19", "2"])
            #expect(found.rejections.map(\.key) == ["7", "12"])
            #expect(found.unread.isEmpty)
            let again = try await lookup.rows(of: [.integer(3)], bytes: .max)
            #expect(again.rows.count == 1)
            await lookup.close()
        }
    }

    @Test func `is told from a query that fails for all`() async throws {
        try await withFragileTable { database in
            let source = try database.source("SELECT (id / 0) AS id, 'x' AS text, '{}' AS payload FROM fragile")
            let error = await #expect(throws: PipelineError.self) { try await source.chunks() }
            #expect(error?.kind == .setup)
            #expect(error?.message.contains("division by zero") == true)
            #expect(error?.remedy?.contains("the query's id") == true)
        }
    }
}
