import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable))
struct EncodingTests {
    private static let unencoded = "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"

    @Test func `rejects the rows of an unencoded database that are not UTF-8`() async throws {
        try await withDatabase(Self.unencoded) { database in
            try await database.run(
                ItemTable.creation + #"""
                    INSERT INTO items VALUES (1, E'caf\xc3\xa9', '{}'), (2, E'caf\xe9', '{}'), (3, 'x', E'{"a": "\xff"}'),
                        (4, 'x', E'{"\xc3\xa9": 1}'), (5, E'\xed\xa0\x80', '{}'), (6, 'last', '{}');
                    """#
            )
            let chunks = try await database.source(ItemTable.query).chunks(.rows(4))
            #expect(chunks.keys == ["1", "4", "6"])
            #expect(chunks.rows.map(\.text.string) == ["café", "x", "last"])
            #expect(chunks.rows[1].payload.string == #"{"é": 1}"#)
            #expect(
                chunks.rejections == [2, 3, 5].map { Rejection(key: "\($0)", reason: "the row is not valid UTF-8") }
            )
            let hash = try await database.run("SELECT encode(sha256('\\x636166c3a9'), 'hex')")
            #expect(chunks.rows[0].textHash.string == hash)
        }
    }

    @Test func `rejects keys that are not UTF-8, and reads on behind them`() async throws {
        try await withDatabase(Self.unencoded) { database in
            try await database.run(
                #"""
                CREATE TABLE items (id text PRIMARY KEY, text text, payload jsonb);
                INSERT INTO items SELECT k, 'x', '{}' FROM unnest(ARRAY['a', E'b\xe9', E'b\xea', E'b\xeb', 'c', 'd', E'\xff']) AS k
                """#
            )
            for rows in [1, 2, 100] {
                let source = try database.source(ItemTable.query, key: .text, snapshotWindow: .zero)
                let chunks = try await source.chunks(.rows(rows))
                #expect(chunks.keys == ["a", "c", "d"])
                #expect(chunks.rejections.map(\.reason) == Array(repeating: "the key is not valid UTF-8", count: 4))
                #expect(chunks.last?.end.token == "d")
            }
        }
    }

    @Test func `a Latin-1 database comes as UTF-8`() async throws {
        try await withDatabase("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'") { database in
            try await database.run(
                """
                SET client_encoding = 'UTF8';
                CREATE TABLE items (id text PRIMARY KEY, text text, payload jsonb);
                INSERT INTO items VALUES ('ä', 'Grüße', '{"ö": "ß"}'), ('é', 'été', '{}'), ('z', 'x', '{}');
                """
            )
            let source = try database.source(ItemTable.query, key: .text, snapshotWindow: .zero)
            let rows = try await source.chunks(.rows(1)).rows
            #expect(rows.map(\.key) == [.text("z"), .text("ä"), .text("é")])
            #expect(rows.map(\.text.string) == ["x", "Grüße", "été"])
            #expect(rows[1].payload.string == #"{"ö": "ß"}"#)
            let hash = try await database.run("SELECT encode(sha256('\\x4772c3bcc39f65'), 'hex')")
            #expect(rows[1].textHash.string == hash)
        }
    }
}
