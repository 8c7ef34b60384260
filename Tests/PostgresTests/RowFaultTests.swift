import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable))
struct RowFaultTests {
    @Test func `rejects rows that make no point, and carries the others`() async throws {
        try await withDatabase { database in
            try await database.run(
                ItemTable.creation + #"""
                    INSERT INTO items VALUES
                        (-9223372036854775808, 'x', '{}'), (-1, 'x', '{}'),
                        (1, NULL, '{}'), (2, '', '{}'), (3, E' \t\r\n\x0b\f ', '{}'),
                        (4, 'x', NULL), (5, 'x', 'null'), (6, 'x', '[]'), (7, 'x', '["text"]'), (8, 'x', '"{}"'), (9, 'x', '1'),
                        (10, NULL, NULL), (11, 'good', '{}'), (12, 'also good', '{"payload": null}');
                    """#
            )
            for rows in [1, 3, 100] {
                let chunks = try await database.source(ItemTable.query).chunks(.rows(rows))
                #expect(chunks.keys == ["11", "12"])
                #expect(
                    chunks.rejections == [
                        Rejection(
                            key: "-9223372036854775808",
                            reason: "the key is negative: a point's number cannot be"
                        ),
                        Rejection(key: "-1", reason: "the key is negative: a point's number cannot be"),
                        Rejection(key: "1", reason: "the text is NULL"),
                        Rejection(key: "2", reason: "the text is blank"),
                        Rejection(key: "3", reason: "the text is blank"),
                        Rejection(key: "4", reason: "the payload is not a JSON object"),
                        Rejection(key: "5", reason: "the payload is not a JSON object"),
                        Rejection(key: "6", reason: "the payload is not a JSON object"),
                        Rejection(key: "7", reason: "the payload is not a JSON object"),
                        Rejection(key: "8", reason: "the payload is not a JSON object"),
                        Rejection(key: "9", reason: "the payload is not a JSON object"),
                        Rejection(key: "10", reason: "the text is NULL"),
                    ]
                )
                #expect(chunks.dropLast().allSatisfy { $0.rowCount == rows })
                #expect(chunks.map(\.end.token).last == "12")
            }
        }
    }

    @Test func `counts rows without a key`() async throws {
        try await withDatabase { database in
            try await database.run(
                "CREATE TABLE items (id bigint, text text, payload jsonb);" + ItemTable.rows(1...5)
                    + "INSERT INTO items SELECT NULL, 'x', '{}' FROM generate_series(1, 4)"
            )
            for rows in [1, 5, 100] {
                let chunks = try await database.source(ItemTable.query).chunks(.rows(rows))
                #expect(chunks.keys == ["1", "2", "3", "4", "5"])
                #expect(chunks.rejections == [Rejection(key: nil, reason: "the key is NULL", rowCount: 4)])
            }
            #expect(try await database.source(ItemTable.query).inspect().rows == 9)
        }
    }

    @Test func `counts rows without a key where no row has one`() async throws {
        try await withDatabase { database in
            try await database.run(
                "CREATE TABLE items (id text, text text, payload jsonb); INSERT INTO items VALUES (NULL, 'x', '{}')"
            )
            let source = try database.source(ItemTable.query, key: .text)
            let chunk = try #require(try await source.chunks().first)
            #expect(chunk.rows.isEmpty)
            #expect(chunk.rejections == [Rejection(key: nil, reason: "the key is NULL", rowCount: 1)])
            // Where nothing was read, reading starts at the start.
            try await database.run("INSERT INTO items VALUES ('a', 'x', '{}')")
            #expect(try await source.chunks(after: chunk.end).keys == ["a"])
        }
    }

    @Test func `finds a key that two rows have, in a chunk, across chunks and across snapshots`() async throws {
        try await withDatabase { database in
            try await database.run(
                "CREATE TABLE items (id bigint, text text, payload jsonb); CREATE INDEX ON items (id);"
                    + ItemTable.rows(1...9)
                    + "INSERT INTO items VALUES (6, 'again', '{}')"
            )
            for rows in [1, 2, 3, 6, 100] {
                for window in [Duration.zero, .seconds(3600)] {
                    let source = try database.source(ItemTable.query, snapshotWindow: window)
                    let error = await #expect(throws: PipelineError.self, "\(rows) rows, \(window)") {
                        try await source.chunks(.rows(rows))
                    }
                    #expect(error?.kind == .setup)
                    #expect(error?.message == "two rows of the query have the key 6")
                    #expect(error?.remedy?.contains("unique") == true)
                }
            }
            // A run that was stopped between the two finds them too.
            let source = try database.source(ItemTable.query)
            await #expect(throws: PipelineError.self) { try await source.chunks(after: Position("6")) }
        }
    }

    @Test func `refuses a payload with a member that is written beside it`() async throws {
        try await withDatabase { database in
            for member in ["text", "sync_timestamp", "_sync"] {
                let source = try database.source(
                    "SELECT 7 AS id, 'x' AS text, '{\"a\": 1, \"\(member)\": null}' AS payload"
                )
                let error = await #expect(throws: PipelineError.self) { try await source.chunks() }
                #expect(error?.kind == .setup)
                #expect(error?.message.contains("row 7") == true)
                #expect(error?.remedy?.contains(member) == true)
            }
            let nested = #"SELECT 7 AS id, 'x' AS text, '{"a": {"text": 1}, "Text": 2}' AS payload"#
            #expect(try await database.source(nested).chunks().keys == ["7"])
        }
    }

    @Test func `rejects a payload that is no JSON without quoting it`() async throws {
        try await withDatabase { database in
            let source = try database.source("SELECT 1 AS id, 'x' AS text, 'secret{' || now() AS payload")
            let chunks = try await source.chunks()
            #expect(chunks.keys.isEmpty)
            #expect(chunks.rejections.map(\.key) == ["1"])
            #expect(chunks.rejections.first?.reason.contains("invalid input syntax for type json") == true)
            #expect(chunks.rejections.first?.reason.contains("secret") == false)
        }
    }
}
