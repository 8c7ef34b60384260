import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable))
struct SnapshotTests {
    @Test func `reads on in a new snapshot when the window is over`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...10, step: 10))
            let clock = ManualClock()
            let source = try database.source(ItemTable.query, snapshotWindow: .seconds(60), clock: clock)
            try await source.open(after: nil)
            var chunks: [Chunk] = []
            func read() async throws { chunks.append(try #require(try await source.nextChunk(.rows(3)))) }

            try await read()
            // Behind the cursor, ahead of it, and a change ahead of it.
            try await database.run(
                """
                INSERT INTO items VALUES (5, 'new', '{}'), (35, 'new', '{}');
                UPDATE items SET text = 'changed' WHERE id IN (10, 50, 90);
                """
            )
            clock.advance(by: .milliseconds(59_999))
            try await read()
            #expect(chunks.keys == ["10", "20", "30", "40", "50", "60"])
            #expect(chunks.map(\.snapshot) == [1, 1])

            try await database.run("INSERT INTO items VALUES (55, 'new', '{}'), (65, 'new', '{}'), (200, 'new', '{}')")
            clock.advance(by: .milliseconds(1))
            chunks += try await source.remainingChunks(.rows(3))
            await source.close()

            #expect(chunks.keys == [10, 20, 30, 40, 50, 60, 65, 70, 80, 90, 100, 200].map(String.init))
            #expect(chunks.map(\.snapshot) == [1, 1, 2, 2])
            #expect(
                chunks.rows.map(\.text.string)[4...] == [
                    "text 5", "text 6", "new", "text 7", "text 8", "changed", "text 10", "new",
                ]
            )
        }
    }

    @Test func `reads every row once when each chunk has a snapshot of its own`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...50))
            for rows in [1, 7, 50] {
                let chunks = try await database.source(ItemTable.query, snapshotWindow: .zero).chunks(.rows(rows))
                #expect(chunks.keys == (1...50).map(String.init))
                #expect(chunks.map(\.snapshot) == Array(1...chunks.count))
            }
        }
    }

    @Test func `goes on behind a row that was deleted in between`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...10))
            let source = try database.source(ItemTable.query, snapshotWindow: .zero)
            try await source.open(after: nil)
            let first = try #require(try await source.nextChunk(.rows(4)))
            try await database.run("DELETE FROM items WHERE id IN (1, 4, 6)")
            let chunks = [first] + (try await source.remainingChunks(.rows(4)))
            #expect(chunks.keys == ["1", "2", "3", "4", "5", "7", "8", "9", "10"])
            await source.close()
        }
    }

    @Test func `holds one snapshot where no index yields the key order`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...10))
            let source = try database.source("SELECT id + 0 AS id, text, payload FROM items", snapshotWindow: .zero)
            try await source.open(after: nil)
            let first = try #require(try await source.nextChunk(.rows(4)))
            try await database.run("INSERT INTO items VALUES (100, 'new', '{}'); DELETE FROM items WHERE id = 7")
            let chunks = [first] + (try await source.remainingChunks(.rows(4)))
            #expect(chunks.keys == (1...10).map(String.init))
            #expect(chunks.allSatisfy { $0.snapshot == 1 })
            await source.close()
        }
    }

    @Test func `a chunk that a byte limit cut short is read on from the same snapshot`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...10))
            let source = try database.source(ItemTable.query, snapshotWindow: .zero)
            try await source.open(after: nil)
            let chunks = try await source.remainingChunks(ChunkLimit(rows: 5, bytes: 400))
            #expect(chunks.keys == (1...10).map(String.init))
            #expect(chunks.map(\.rowCount) == [2, 2, 1, 2, 2, 1])
            #expect(chunks.map(\.snapshot) == [1, 1, 1, 2, 2, 3])
            await source.close()
        }
    }

    @Test func `its transactions are repeatable and read only, and have the settings that bytes depend on`()
        async throws
    {
        try await withDatabase { database in
            let names = [
                "transaction_isolation", "transaction_read_only", "TimeZone", "DateStyle", "IntervalStyle",
                "bytea_output",
                "extra_float_digits", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout",
            ]
            let list = names.map { "current_setting('\($0)')" }.joined(separator: ", ")
            let source = try database.source(
                "SELECT 1 AS id, concat_ws('|', \(list)) AS text, '{}' AS payload",
                options: "&options=-c%20idle_in_transaction_session_timeout%3D5s%20-c%20IntervalStyle%3Dsql_standard"
                    + "%20-c%20bytea_output%3Descape%20-c%20statement_timeout%3D60s%20-c%20extra_float_digits%3D0"
            )
            let rows = try await source.chunks().rows
            #expect(rows.map(\.text.string) == ["repeatable read|on|UTC|ISO, YMD|iso_8601|hex|1|0|0|0"])
        }
    }

    @Test func `leaves no session behind`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...10))
            let source = try database.source(ItemTable.query)
            try await source.open(after: nil)
            #expect(try await database.run("SELECT state FROM \(TestDatabase.activity)") == "idle")
            _ = try await source.nextChunk(.rows(3))
            #expect(try await database.run("SELECT state FROM \(TestDatabase.activity)") == "idle in transaction")
            await source.close()
            await source.close()
            try await database.wait(until: "NOT EXISTS (SELECT FROM \(TestDatabase.activity))")
        }
    }

    @Test func `holds no snapshot between reading the last row and closing`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...10))
            let source = try database.source(ItemTable.query)
            try await source.open(after: nil)
            _ = try await source.remainingChunks()
            #expect(try await database.run("SELECT state, backend_xmin FROM \(TestDatabase.activity)") == "idle|")
            #expect(try await source.remainingChunks().isEmpty)
            await source.close()
        }
    }
}
