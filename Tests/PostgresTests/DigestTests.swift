import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable))
struct DigestTests {
    private func expectAgreement(_ rows: [Chunk], _ digests: [Chunk]) {
        #expect(digests.rows.isEmpty)
        #expect(digests.digests.map(\.key) == rows.rows.map(\.key))
        #expect(digests.digests.map(\.textHash) == rows.rows.map(\.textHash))
        #expect(digests.digests.map(\.payloadHash) == rows.rows.map(\.payloadHash))
        #expect(digests.digests.map(\.byteCount) == rows.rows.map { $0.text.count + $0.payload.count })
        #expect(digests.rejections == rows.rejections)
        #expect(digests.map(\.end) == rows.map(\.end))
        #expect(digests.map(\.rowCount) == rows.map(\.rowCount))
    }

    @Test func `digests agree with the code patterns`() async throws {
        try await withDatabase { database in
            try await database.run(PatternTable.creation() + PatternTable.rows(1...30) + PatternTable.nastyRows)
            let rows = try await database.source().chunks(.rows(7))
            #expect(rows.rows.count == 48)
            expectAgreement(rows, try await database.source(reading: .digests).chunks(.rows(7)))
        }
    }

    @Test(arguments: ["ENCODING 'UTF8'", "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"])
    func `digests agree with rows of any key, in any encoding`(options: String) async throws {
        try await withDatabase(options) { database in
            try await database.run(
                """
                SET client_encoding = 'UTF8';
                CREATE TABLE items (number bigint PRIMARY KEY, uid uuid UNIQUE, name text UNIQUE, text text, payload jsonb);
                INSERT INTO items SELECT i, gen_random_uuid(), 'é' || i, repeat('Grüße ', i), jsonb_build_object('ö', i)
                FROM generate_series(1, 20) AS i;
                """
            )
            for (column, key) in [("number", KeyType.bigint), ("uid", .uuid), ("name", .text)] {
                let sql = "SELECT \(column) AS id, text, payload FROM items"
                let rows = try await database.source(sql, key: key).chunks(.rows(6))
                #expect(rows.rows.count == 20)
                expectAgreement(rows, try await database.source(sql, key: key, reading: .digests).chunks(.rows(6)))
            }
        }
    }

    @Test func `digests tell what is wrong with a row in the same words`() async throws {
        try await withDatabase { database in
            try await database.run(
                ItemTable.creation + #"""
                    INSERT INTO items VALUES
                        (-9223372036854775808, 'x', '{}'), (-1, NULL, NULL),
                        (1, NULL, '{}'), (2, '', '{}'), (3, E' \t\r\n\x0b\f ', '{}'), (4, repeat(E' \n', 100000), '{}'),
                        (5, 'x', NULL), (6, 'x', 'null'), (7, 'x', '[]'), (8, 'x', '["text"]'), (9, 'x', '"{}"'), (10, 'x', '1'),
                        (11, NULL, NULL), (12, NULL, '[]'), (13, '', NULL), (14, ' ', '[]'),
                        (20, 'good', '{}'), (21, E'\u00a0', '{}'), (22, E'\x1c', '{}'), (23, E' \x0e ', '{}'),
                        (24, E'\u0085', '{}'), (25, E'\u200b', '{}'), (26, E'\b', '{}'), (27, E'\n.\n', '{}');
                    """#
            )
            for count in [1, 5, 100] {
                let rows = try await database.source(ItemTable.query).chunks(.rows(count))
                #expect(rows.keys == (20...27).map(String.init))
                #expect(rows.rejections.count == 16)
                expectAgreement(
                    rows,
                    try await database.source(ItemTable.query, reading: .digests).chunks(.rows(count))
                )
            }
        }
    }

    @Test func `rows without a key are counted`() async throws {
        try await withDatabase { database in
            try await database.run(
                "CREATE TABLE items (id bigint, text text, payload jsonb);" + ItemTable.rows(1...5)
                    + "INSERT INTO items SELECT NULL, 'x', '{}' FROM generate_series(1, 4)"
            )
            let chunks = try await database.source(ItemTable.query, reading: .digests).chunks()
            #expect(chunks.rejections == [Rejection(key: nil, reason: "the key is NULL", rowCount: 4)])
            #expect(chunks.digests.count == 5)
        }
    }

    @Test(arguments: [
        ("SELECT 7 AS id, NULL AS text, '{\"a\": 1, \"_sync\": null}' AS payload", "the payload of row 7 has a member"),
        ("SELECT i / 2 AS id, 'x' AS text, '{}' AS payload FROM generate_series(2, 6) AS i", "have the key 1"),
    ])
    func `a query at fault is refused in the same words`(sql: String, words: String) async throws {
        try await withDatabase { database in
            var errors: [PipelineError?] = []
            for content in Content.allCases {
                errors.append(
                    await #expect(throws: PipelineError.self) {
                        try await database.source(sql, reading: content).chunks()
                    }
                )
            }
            #expect(errors[0]?.kind == .setup)
            #expect(errors[0]?.message.contains(words) == true)
            #expect(errors[0] == errors[1])
        }
    }

    @Test func `positions of digests and of rows are the same`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...10))
            let whole = try database.source(ItemTable.query)
            let digest = try database.source(ItemTable.query, reading: .digests)
            for chunk in try await digest.chunks(.rows(3)) {
                let rest = try await whole.chunks(after: chunk.end)
                #expect(rest.rows.map(\.key) == (try await digest.chunks(after: chunk.end)).digests.map(\.key))
                #expect(rest.rows.first?.key != chunk.digests.last?.key)
            }
        }
    }

    @Test func `each chunk of digests has a snapshot of its own where that is wanted`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...10))
            let source = try database.source(ItemTable.query, snapshotWindow: .zero, reading: .digests)
            let chunks = try await source.chunks(.rows(4))
            #expect(chunks.digests.map(\.key) == (1...10).map { .integer($0) })
            // The last one has no rows: it is told for its own sake.
            #expect(chunks.map(\.snapshot) == [1, 2, 3, 4])
        }
    }

    @Test func `the bytes of a chunk are those of its hashes, in one buffer`() async throws {
        try await withDatabase { database in
            try await database.run(
                ItemTable.creation + """
                    INSERT INTO items SELECT i, repeat('x', 1000000), '{}' FROM generate_series(1, 20) AS i
                    """
            )
            let source = try database.source(ItemTable.query, reading: .digests)
            #expect(try await source.chunks(ChunkLimit(rows: 100, bytes: 10_000)).map(\.digests.count) == [20])
            let chunks = try await source.chunks(ChunkLimit(rows: 100, bytes: 3 * 128))
            #expect(chunks.map(\.digests.count) == [3, 3, 3, 3, 3, 3, 2])
            #expect(chunks.digests.allSatisfy { $0.byteCount == 1_000_002 })
            for chunk in chunks {
                let slices = chunk.digests.flatMap { [$0.textHash, $0.payloadHash] }
                // Where each one's buffer begins.
                let buffers = slices.map { slice in
                    slice.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) - UInt(slice.startIndex) }
                }
                #expect(Set(buffers).count == 1)
            }
        }
    }
}
