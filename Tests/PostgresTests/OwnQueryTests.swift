import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable))
struct OwnQueryTests {
    @Test func `reads every row once, in key order, whatever the size of the chunks`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...150, step: 3))
            for rows in [1, 7, 100] {
                let chunks = try await database.source(ItemTable.query).chunks(.rows(rows))
                #expect(chunks.keys == (1...150).map { String($0 * 3) })
                #expect(chunks.rows.map(\.text.string) == (1...150).map { "text \($0)" })
                #expect(chunks.rows.map(\.payload.string) == (1...150).map { "{\"number\": \($0)}" })
                #expect(chunks.dropLast().allSatisfy { $0.rowCount == rows })
                #expect(chunks.map(\.end.token) == chunks.map { $0.rows.last?.key.description })
                #expect(chunks.rejections.isEmpty)
            }
        }
    }

    @Test func `reads nothing of an empty table`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation)
            let source = try database.source(ItemTable.query)
            #expect(try await source.chunks().isEmpty)
            #expect(try await source.inspect().rows == 0)
        }
    }

    @Test func `reads UUID keys in their order and canonical form`() async throws {
        try await withDatabase { database in
            try await database.run(
                """
                CREATE TABLE items (id uuid PRIMARY KEY, text text, payload jsonb);
                INSERT INTO items SELECT gen_random_uuid(), 'x', '{}' FROM generate_series(1, 50);
                INSERT INTO items VALUES ('FFFFFFFF-ABCD-4000-8000-000000000001', 'upper case', '{}'),
                    ('{00000000000040008000000000000001}', 'braces', '{}');
                """
            )
            let expected = try await database.run("SELECT id FROM items ORDER BY id").split(separator: "\n")
            let rows = try await database.source(ItemTable.query, key: .uuid).chunks(.rows(7)).rows
            #expect(rows.map(\.key) == expected.map { .uuid(String($0)) })
        }
    }

    @Test func `reads the whole range of non-negative bigint keys`() async throws {
        try await withDatabase { database in
            try await database.run(
                ItemTable.creation
                    + "INSERT INTO items VALUES (0, 'x', '{}'), (9223372036854775807, 'x', '{}'), (4294967296, 'x', '{}')"
            )
            let rows = try await database.source(ItemTable.query).chunks(.rows(1)).rows
            #expect(rows.map(\.key) == [.integer(0), .integer(4_294_967_296), .integer(9_223_372_036_854_775_807)])
        }
    }

    @Test(arguments: ["\"C\"", "\"en-x-icu\""])
    func `reads text keys of any kind once, in the order of their collation`(collation: String) async throws {
        try await withDatabase { database in
            try await database.run(
                #"""
                CREATE TABLE items (id text COLLATE \#(collation) PRIMARY KEY, text text, payload jsonb);
                INSERT INTO items SELECT k, 'x', '{}' FROM unnest(ARRAY[
                    '', ' ', '  ', 'a', 'A', 'b', 'B', 'ä', 'é', E'e\u0301', 'e', 'o''brien', '"', '\', '\\x', '%', '$1',
                    E'line\nbreak', E'tab\t', '🔑', '👩‍👩‍👧‍👦', 'NULL', '9', '10', '-', '_', '{}', 'ß', 'ss', 'ﬁ', 'fi', '; --',
                    repeat('long', 300)]) AS k;
                """#
            )
            let expected = try await database.run(
                "SELECT encode(convert_to(id, 'UTF8'), 'hex') || '.' FROM items ORDER BY id"
            )
            for rows in [1, 3, 100] {
                let source = try database.source(ItemTable.query, key: .text, snapshotWindow: .zero)
                let read = try await source.chunks(.rows(rows)).keys.map { "\(Array($0.utf8)[...].hex)." }
                #expect(read == expected.split(separator: "\n").map(String.init))
            }
        }
    }

    @Test func `resumes after any text key`() async throws {
        try await withDatabase { database in
            try await database.run(
                #"""
                CREATE TABLE items (id text PRIMARY KEY, text text, payload jsonb);
                INSERT INTO items SELECT k, 'x', '{}' FROM unnest(ARRAY['', ' ', 'a', 'é', E'e\u0301', '"', '\', E'\n']) AS k;
                """#
            )
            let source = try database.source(ItemTable.query, key: .text)
            let all = try await source.chunks(.rows(1))
            for (index, chunk) in all.enumerated() {
                let rest = try await source.chunks(after: chunk.end, .rows(1))
                #expect(rest.map(\.end.token) == all[(index + 1)...].map(\.end.token))
            }
        }
    }

    private static let spellings = [
        "SELECT id, text, payload FROM items;",
        " \n SELECT id, text, payload FROM items ; ; \n\t",
        "SELECT id, text, payload FROM items -- all of them",
        "SELECT id, text, payload FROM items; -- all of them;",
        "-- the items\nSELECT id, text, payload /* ; */ FROM items /* all /* of */ them */ ;\n-- the end",
        "SELECT id, text, payload FROM items WHERE text <> '; --' ; /* ' */",
        "SELECT id, text, payload FROM items WHERE text <> $q$'; --$q$ AND text <> E'\\'; --';",
        "WITH i AS (SELECT * FROM items) SELECT * FROM i",
        "TABLE items",
        "SELECT payload, 'more' AS more, text, id FROM items ORDER BY id DESC",
    ]

    @Test func `takes a query as it is written`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...5))
            for sql in Self.spellings {
                let keys = try await database.source(sql).chunks(.rows(2)).keys
                #expect(keys == ["1", "2", "3", "4", "5"], "\(sql)")
            }
        }
    }

    @Test func `sends a query that is longer than the socket's buffer`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...5))
            let sql = "SELECT id, text, payload FROM items WHERE text <> '\(String(repeating: "x", count: 2_000_000))'"
            #expect(try await database.source(sql).chunks().keys.count == 5)
        }
    }

    @Test func `reads text and payload of other types as they print`() async throws {
        try await withDatabase { database in
            let sql = """
                SELECT 1::smallint AS id, timestamptz '2026-01-02 03:04:05.6+07' AS text, json '{"b": 1, "a": 0.1}' AS payload
                UNION ALL SELECT 2, '2026-06-01 00:00:00-08', '{"f": 1e400}'
                """
            let options = "&options=-c%20TimeZone%3DAsia/Tokyo%20-c%20DateStyle%3DGerman"
            let rows = try await database.source(sql, options: options).chunks().rows
            #expect(rows.map(\.text.string) == ["2026-01-01 20:04:05.6+00", "2026-06-01 08:00:00+00"])
            #expect(rows.map(\.payload.string).first == #"{"a": 0.1, "b": 1}"#)
            #expect(rows.last?.payload.count == 408)
        }
    }

    @Test func `inspection tells version, database, rows and SQL`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...5))
            let inspection = try await database.source(ItemTable.query + ";").inspect()
            #expect(inspection.serverVersion == (try await database.run("SHOW server_version")))
            #expect(inspection.database == (try await database.run("SELECT current_database()")))
            #expect(inspection.rows == 5)
            #expect(!inspection.rowsAreEstimated)
            #expect(inspection.sql == ItemTable.query)
        }
    }

    @Test func `estimates the number of rows where counting takes too long`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...300) + "ANALYZE items")
            let inspection = try await database.source(
                "SELECT id, text, payload FROM items WHERE pg_sleep(0.01)::text = ''"
            ).inspect()
            #expect(inspection.rowsAreEstimated)
            #expect((1...300).contains(inspection.rows))
        }
    }
}
