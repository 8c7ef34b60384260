import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable))
struct RowLookupTests {
    @Test func `the lookup keeps the contract of row lookups`() async throws {
        try await withDatabase { database in
            try await database.run(
                ItemTable.creation + ItemTable.rows(1...12) + "UPDATE items SET text = '' WHERE id IN (5, 8)"
            )
            try await RowLookupContract(
                try database.lookup(ItemTable.query),
                rows: try await database.source(ItemTable.query).chunks().rows,
                rejected: [.integer(5), .integer(8)],
                absent: [
                    .integer(0), .integer(13), .integer(.max), .text("1"),
                    .uuid("00000000-0000-4000-8000-000000000001"),
                ]
            ) { key in
                try await database.run("DELETE FROM items WHERE id = \(key)")
            }.check()
        }
    }

    @Test func `finds code patterns as the scan yields them`() async throws {
        try await withDatabase { database in
            try await database.run(PatternTable.creation() + PatternTable.rows(1...30) + PatternTable.nastyRows)
            let rows = try await database.source().chunks().rows
            let other = try await database.run("SELECT id FROM pattern_lineage_nodes WHERE pattern_type <> 'code'")
            try await RowLookupContract(
                try database.lookup(),
                rows: rows,
                rejected: [],
                absent: [.uuid(other), .uuid("ffffffff-ffff-4fff-8fff-ffffffffffff"), .text(other), .integer(1)]
            ) { key in
                try await database.run("DELETE FROM pattern_lineage_nodes WHERE id = '\(key)'")
            }.check()
        }
    }

    @Test func `rejects rows in the words of the scan`() async throws {
        try await withDatabase { database in
            try await database.run(
                ItemTable.creation + #"""
                    INSERT INTO items VALUES (1, NULL, '{}'), (2, '', '{}'), (3, E' \t\r\n\x0b\f ', '{}'), (4, 'x', NULL),
                        (5, 'x', 'null'), (6, 'x', '["text"]'), (7, NULL, NULL), (8, 'good', '{}');
                    """#
            )
            let chunk = try #require(try await database.source(ItemTable.query).chunks().first)
            #expect(chunk.rejections.count == 7)
            let lookup = try database.lookup(ItemTable.query)
            let keys = (0...9).map { RowKey.integer($0) }
            let found = try await lookup.rows(of: keys, bytes: .max)
            #expect(found.rows.map(\.key) == [.integer(8)])
            #expect(found.rejections.sorted { $0.key ?? "" < $1.key ?? "" } == chunk.rejections)
            #expect(try await lookup.existing(keys) == Set(keys[1...8]))
            await lookup.close()
        }
    }

    @Test func `finds that a row is not UTF-8, which its digest cannot tell`() async throws {
        try await withDatabase("ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'") { database in
            try await database.run(
                #"""
                CREATE TABLE items (id text PRIMARY KEY, text text, payload jsonb);
                INSERT INTO items VALUES ('é', 'x', '{}'), ('bad', E'caf\xe9', '{}'), (E'\xff', 'x', '{}')
                """#
            )
            let digests = try await database.source(ItemTable.query, key: .text, reading: .digests).chunks()
            #expect(digests.digests.map(\.key) == [.text("bad"), .text("é")])
            #expect(digests.rejections.map(\.reason) == ["the key is not valid UTF-8"])
            let lookup = try database.lookup(ItemTable.query, key: .text)
            let found = try await lookup.rows(of: digests.digests.map(\.key), bytes: .max)
            #expect(found.rows.map(\.key) == [.text("é")])
            #expect(found.rejections == [Rejection(key: "bad", reason: "the row is not valid UTF-8")])
            await lookup.close()
        }
    }

    @Test func `sees what was committed a moment ago`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...2))
            let lookup = try database.lookup(ItemTable.query)
            let keys = (1...3).map { RowKey.integer($0) }
            #expect(try await lookup.existing(keys) == [.integer(1), .integer(2)])
            try await database.run(
                "INSERT INTO items VALUES (3, 'new', '{}'); UPDATE items SET text = 'new' WHERE id = 1"
            )
            #expect(try await lookup.existing(keys) == Set(keys))
            let texts = try await lookup.rows(of: keys, bytes: .max).rows.map(\.text.string)
            #expect(texts.sorted() == ["new", "new", "text 2"])
            // No snapshot is held in between.
            #expect(try await database.run("SELECT state, backend_xmin FROM \(TestDatabase.activity)") == "idle|")
            await lookup.close()
            try await database.wait(until: "NOT EXISTS (SELECT FROM \(TestDatabase.activity))")
        }
    }

    @Test func `refuses a query that yields two rows of a key, or a member that is written beside the payload`()
        async throws
    {
        try await withDatabase { database in
            for (sql, words) in [
                ("SELECT i / 2 AS id, 'x' AS text, '{}' AS payload FROM generate_series(2, 3) AS i", "have the key 1"),
                ("SELECT 1 AS id, 'x' AS text, '{\"text\": 1}' AS payload", "the payload of row 1 has a member"),
                ("SELECT 1 AS id, 'x' AS text", "the query yields no column payload"),
                ("SELECT 'a' AS id, 'x' AS text, '{}' AS payload", "the query's id is of type text, not bigint"),
            ] {
                let lookup = try database.lookup(sql)
                let error = await #expect(throws: PipelineError.self) {
                    try await lookup.rows(of: [.integer(1)], bytes: .max)
                }
                #expect(error?.kind == .setup)
                #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test func `returns no more bytes than asked for, and does not wait for the rest`() async throws {
        try await withDatabase { database in
            try await database.run(
                ItemTable.creation + """
                    INSERT INTO items SELECT i, repeat('x', 1000000), '{}' FROM generate_series(1, 30) AS i
                    """
            )
            let lookup = try database.lookup(ItemTable.query)
            let keys = (1...31).map { RowKey.integer($0) }
            var asked = keys
            var counts: [Int] = []
            var found: Set<RowKey> = []
            while !asked.isEmpty {
                let part = try await lookup.rows(of: asked, bytes: 7_500_000)
                counts.append(part.rows.count)
                found.formUnion(part.rows.map(\.key))
                #expect(
                    part.unread == asked.filter { key in !part.rows.contains { $0.key == key } } || part.unread.isEmpty
                )
                asked = part.unread
                if !asked.isEmpty {
                    try await database.wait(until: "NOT EXISTS (SELECT FROM \(TestDatabase.activity))")
                }
            }
            #expect(counts == [7, 7, 7, 7, 2])
            #expect(found == Set(keys.dropLast()))
            await lookup.close()
        }
    }
}
