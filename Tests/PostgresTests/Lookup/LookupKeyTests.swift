import Pipeline
import TestSupport
import Testing

@testable import Postgres

@Suite(.enabled(if: TestDatabase.isAvailable))
struct LookupKeyTests {
    private static let texts = [
        "", " ", "  ", "a", "A", "b,c", "{", "}", "{}", "{a}", "\"", "\"\"", "\\", "\\\\", "\\\"", "a\\", "'",
        "o'brien", "NULL",
        "null", "\"NULL\"", "$1", "%", "line\nbreak", "tab\t", "\r", "\u{1}", "\u{7f}", "é", "e\u{301}", "🔑", "👩‍👩‍👧‍👦", "ß",
        "; --",
        "[1]", "(1,2)", " padded ", String(repeating: "long \"", count: 300),
    ]

    @Test func `finds any text, and no other`() async throws {
        try await withDatabase { database in
            let literals = Self.texts.map { "'\($0.replacing("'", with: "''"))'" }.joined(separator: ", ")
            try await database.run(
                """
                CREATE TABLE items (id text PRIMARY KEY, text text, payload jsonb);
                INSERT INTO items SELECT k, 'x', '{}' FROM unnest(ARRAY[\(literals)]) AS k;
                """
            )
            let lookup = try database.lookup(ItemTable.query, key: .text)
            let keys = Self.texts.map { RowKey.text($0) }
            let absent = ["Null", "nul", "\"a\"", "c", "b", "a ", "E", "\u{301}", "a\u{0}", "{,}"].map {
                RowKey.text($0)
            }
            #expect(try await lookup.existing(keys + absent) == Set(keys))
            #expect(Set(try await lookup.rows(of: absent + keys, bytes: .max).rows.map(\.key)) == Set(keys))
            for key in keys {
                #expect(try await lookup.existing([key]) == [key])
                #expect(try await lookup.rows(of: [key], bytes: .max).rows.map(\.key) == [key])
            }
            for key in absent { #expect(try await lookup.existing([key]).isEmpty) }
            await lookup.close()
        }
    }

    @Test func `a collation that takes different texts for equal finds only the text itself`() async throws {
        try await withDatabase { database in
            try await database.run(
                """
                CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
                CREATE TABLE items (id text COLLATE caseless PRIMARY KEY, text text, payload jsonb);
                INSERT INTO items VALUES ('A', 'x', '{}'), ('b', 'x', '{}');
                """
            )
            let lookup = try database.lookup(ItemTable.query, key: .text)
            let keys: [RowKey] = [.text("a"), .text("b")]
            #expect(try await lookup.existing(keys) == [.text("b")])
            #expect(try await lookup.rows(of: keys, bytes: .max).rows.map(\.key) == [.text("b")])
            await lookup.close()
        }
    }

    @Test func `finds a thousand keys of each type`() async throws {
        try await withDatabase { database in
            try await database.run(
                """
                CREATE TABLE items (small smallint UNIQUE, number integer UNIQUE, big bigint UNIQUE, uid uuid UNIQUE,
                                    code varchar(20) UNIQUE);
                INSERT INTO items SELECT i, i, i, ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, 'code ' || i
                FROM generate_series(1, 2000) AS i;
                """
            )
            func digits(_ number: Int) -> String { String(String(number + 1_000_000_000_000).dropFirst()) }
            let numbers = (1501...2500).map { RowKey.integer(UInt64($0)) }
            let cases: [(column: String, type: KeyType, keys: [RowKey])] = [
                ("small", .bigint, numbers), ("number", .bigint, numbers), ("big", .bigint, numbers),
                ("uid", .uuid, (1501...2500).map { .uuid("00000000-0000-4000-8000-\(digits($0))") }),
                ("code", .text, (1501...2500).map { .text("code \($0)") }),
            ]
            for (column, type, keys) in cases {
                let sql = "SELECT \(column) AS id, 'x' AS text, '{}' AS payload FROM items"
                let lookup = try database.lookup(sql, key: type)
                #expect(try await lookup.existing(keys) == Set(keys[..<500]))
                #expect(Set(try await lookup.rows(of: keys, bytes: .max).rows.map(\.key)) == Set(keys[..<500]))
                await lookup.close()
            }
        }
    }

    @Test func `asks an index for the rows`() async throws {
        try await withDatabase { database in
            try await database.run(PatternTable.creation() + PatternTable.rows(1...5000) + "ANALYZE")
            let statement = ScanStatement(query: CodePatternsQuery.sql(hasFilePath: true), key: .uuid)
            let keys = KeyType.uuid.array((10...30).map { .uuid("00000000-0000-4000-8000-0000000000\($0)") })
            for sql in [statement.lookup, statement.existence] {
                let plan = try await database.run("PREPARE lookup AS \(sql); EXPLAIN EXECUTE lookup('\(keys)')")
                #expect(plan.contains("Index Cond: (id = ANY"), "\(plan)")
                #expect(!plan.contains("Seq Scan"), "\(plan)")
            }
        }
    }

    @Test func `leaves out keys that no row can have`() {
        let keys: [RowKey] = [
            .integer(7), .integer(UInt64(Int64.max)), .integer(UInt64(Int64.max) + 1), .text("8"), .uuid("9"),
        ]
        #expect(KeyType.bigint.array(keys) == "{7,9223372036854775807}")
        #expect(KeyType.uuid.array(keys) == "{9}")
        #expect(KeyType.text.array(keys + [.text("\u{0}"), .text("")]) == "{\"8\",\"\"}")
        #expect(KeyType.text.array([]) == "{}")
    }
}
