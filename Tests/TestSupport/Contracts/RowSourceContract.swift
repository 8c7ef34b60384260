package import Pipeline
internal import Testing

/// What every `RowSource` owes the engine.
package struct RowSourceContract: Sendable {
    /// Makes a source over the same rows each time.
    private let make: @Sendable () async throws -> any RowSource
    /// The keys of the rows that the source accepts, in its order.
    private let keys: [RowKey]
    /// How many rows it has, those that it rejects included.
    private let rowCount: Int

    /// - Parameters:
    ///   - keys: of the rows that the source accepts, in its order; a dozen or so.
    ///   - rejected: how many rows the source has to reject.
    ///   - make: makes a source over the same rows each time.
    package init(keys: [RowKey], rejected: Int, make: @escaping @Sendable () async throws -> any RowSource) {
        self.keys = keys
        rowCount = keys.count + rejected
        self.make = make
    }

    package func check() async throws {
        for rows in [1, 3, rowCount, rowCount + 1] { try await readsEveryRowOnce(ChunkLimit(rows: rows, bytes: .max)) }
        try await readsEveryRowOnce(ChunkLimit(rows: rowCount, bytes: 1))
        try await boundsChunksByBytes()
        try await resumesAfterEachChunk()
        try await staysAtItsEnd()
        try await beginsAgainWhenOpenedAgain()
        try await endsSoonWhenCancelled()
    }

    private func readsEveryRowOnce(_ limit: ChunkLimit) async throws {
        let chunks = try await read(limit, after: nil)
        #expect(chunks.flatMap { $0.rows.map(\.key) } == keys)
        #expect(chunks.reduce(0) { $0 + $1.rowCount } == rowCount)
        #expect(chunks.allSatisfy { $0.rowCount <= limit.rows })
        #expect(chunks.allSatisfy { $0.snapshot >= 1 })
        #expect(chunks.map(\.snapshot) == chunks.map(\.snapshot).sorted())
        for row in chunks.flatMap(\.rows) { checkRow(row) }
    }

    private func checkRow(_ row: Row) {
        #expect(String(validating: row.text, as: UTF8.self) != nil)
        #expect(row.text.contains { $0 > UInt8(ascii: " ") })
        #expect(row.payload.first == UInt8(ascii: "{") && row.payload.last == UInt8(ascii: "}"))
        for hash in [row.textHash, row.payloadHash] {
            #expect(hash.count == 64)
            let isLowerCaseHexadecimal = hash.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
            #expect(isLowerCaseHexadecimal)
        }
    }

    private func boundsChunksByBytes() async throws {
        let rows = try await read(ChunkLimit(rows: rowCount, bytes: .max), after: nil).flatMap(\.rows)
        let bytes = rows.prefix(3).reduce(0) { $0 + $1.byteCount }
        for chunk in try await read(ChunkLimit(rows: rowCount, bytes: bytes), after: nil) {
            #expect(chunk.rowCount == 1 || chunk.rows.reduce(0) { $0 + $1.byteCount } <= bytes)
        }
    }

    private func resumesAfterEachChunk() async throws {
        let limit = ChunkLimit(rows: 2, bytes: .max)
        var expected = keys[...]
        for chunk in try await read(limit, after: nil) {
            expected = expected.dropFirst(chunk.rows.count)
            let rest = try await read(limit, after: chunk.end)
            #expect(rest.flatMap { $0.rows.map(\.key) } == Array(expected))
        }
        #expect(expected.isEmpty)
    }

    private func staysAtItsEnd() async throws {
        let limit = ChunkLimit(rows: rowCount, bytes: .max)
        let source = try await make()
        try await source.open(after: nil)
        while try await source.nextChunk(limit) != nil {}
        #expect(try await source.nextChunk(limit) == nil)
        await source.close()
        await source.close()
    }

    private func beginsAgainWhenOpenedAgain() async throws {
        let source = try await make()
        try await source.open(after: nil)
        _ = try await source.nextChunk(ChunkLimit(rows: 1, bytes: .max))
        await source.close()
        try await source.open(after: nil)
        let chunk = try await source.nextChunk(ChunkLimit(rows: rowCount, bytes: .max))
        #expect(chunk?.rows.first?.key == keys.first)
        await source.close()
    }

    private func endsSoonWhenCancelled() async throws {
        let source = try await make()
        try await source.open(after: nil)
        let error = await withTaskGroup(of: PipelineError?.self) { group in
            group.cancelAll()
            group.addTask {
                do throws(PipelineError) {
                    _ = try await source.nextChunk(ChunkLimit(rows: 1, bytes: .max))
                    return nil
                } catch {
                    return error
                }
            }
            return await group.next() ?? nil
        }
        // It may have been faster than the cancellation.
        #expect(error == nil || error?.kind == .cancelled)
        await source.close()
    }

    private func read(_ limit: ChunkLimit, after position: Position?) async throws -> [Chunk] {
        let source = try await make()
        try await source.open(after: position)
        var chunks: [Chunk] = []
        while let chunk = try await source.nextChunk(limit) {
            chunks.append(chunk)
            // Whatever a source does wrong, the reading ends.
            try #require(chunks.count <= rowCount + 1)
        }
        await source.close()
        return chunks
    }
}
