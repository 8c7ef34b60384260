import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable))
struct LostConnectionTests {
    @Test func `reads on after the connection was cut between two chunks`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...20))
            for sql in [ItemTable.query, "SELECT id + 0 AS id, text, payload FROM items"] {
                let source = try database.source(sql)
                try await source.open(after: nil)
                var chunks: [Chunk] = []
                for read in 1...4 {
                    chunks.append(try #require(try await source.nextChunk(.rows(4))))
                    if read % 2 == 0 {
                        try await database.terminateConnections()
                        await expectLoss { _ = try await source.nextChunk(.rows(4)) }
                    }
                }
                chunks += try await source.remainingChunks(.rows(3))
                #expect(chunks.keys == (1...20).map(String.init))
                await source.close()
            }
        }
    }

    @Test func `reads on after the connection was cut inside a FETCH`() async throws {
        try await withDatabase { database in
            // Large enough that neither the server nor the socket holds the rest of the FETCH.
            try await database.run(
                ItemTable.creation + """
                    INSERT INTO items SELECT i, repeat('x', 1000000), '{}' FROM generate_series(1, 30) AS i
                    """
            )
            let source = try database.source(ItemTable.query)
            try await source.open(after: nil)
            let limit = ChunkLimit(rows: 30, bytes: 2_100_000)
            let first = try #require(try await source.nextChunk(limit))
            #expect([first].keys == ["1", "2"])
            try await database.terminateConnections()
            // Some rows had been sent already; they may come before the loss shows.
            var chunks = [first]
            await expectLoss { while let chunk = try await source.nextChunk(limit) { chunks.append(chunk) } }
            #expect(chunks.count < 15)
            chunks += try await source.remainingChunks(limit)
            #expect(chunks.keys == (1...30).map(String.init))
            await source.close()
        }
    }

    @Test func `loses no row when the connection is cut while looking for rows without a key`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...5))
            try await database.makeGate()
            // Only rows without a key have to pass the gate.
            let source = try database.source(
                ItemTable.query + " UNION ALL SELECT NULL, 'x', '{}' FROM (VALUES (1)) AS keyless WHERE gate()"
            )
            try await source.open(after: nil)
            try await database.shutGate()
            async let loss: Void = expectLoss { _ = try await source.nextChunk(.rows(100)) }
            try await database.waitForGate()
            try await database.openGate()
            try await database.terminateConnections()
            await loss
            let chunks = try await source.remainingChunks()
            #expect(chunks.keys == ["1", "2", "3", "4", "5"])
            #expect(chunks.rejections.map(\.rowCount) == [1])
            await source.close()
        }
    }

    @Test func `reads from the start after the connection was cut before the first chunk`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...5))
            let source = try database.source(ItemTable.query)
            try await source.open(after: nil)
            try await database.terminateConnections()
            await expectLoss { _ = try await source.nextChunk(.rows(2)) }
            #expect(try await source.remainingChunks(.rows(2)).keys == ["1", "2", "3", "4", "5"])
            await source.close()
        }
    }

    @Test func `a server that is not there may come back`() async throws {
        try await withTemporaryFolder { folder in
            for url in ["postgresql:///x?host=\(folder)", "postgresql://user:sw0rdfish@127.0.0.1:1/x"] {
                let source = PostgresRowSource(
                    settings: try ConnectionSettings(url),
                    query: .codePatterns,
                    snapshotWindow: .seconds(60),
                    clock: RunClock(ManualClock())
                )
                let error = await #expect(throws: PipelineError.self) { try await source.open(after: nil) }
                #expect(error?.kind == .server(retryAfter: nil))
                #expect(error?.message.contains("while connecting") == true)
                #expect(error?.remedy == "check host and port in DATABASE_URL, and that the server is up")
                #expect(error?.description.contains("\n") == false)
                #expect(error?.description.contains("sw0rdfish") == false)
            }
        }
    }

    private func expectLoss(_ body: () async throws -> Void) async {
        let error = await #expect(throws: PipelineError.self) { try await body() }
        #expect(error?.kind == .server(retryAfter: nil), "\(error?.description ?? "")")
        #expect(error?.message.contains("PostgreSQL") == true)
    }
}
