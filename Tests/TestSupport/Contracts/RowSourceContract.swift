package import Pipeline
internal import Testing

/// What every `RowSource` owes the engine.
package struct RowSourceContract: Sendable {
    private typealias Maker = @Sendable () async throws -> any RowSource

    /// Makes a source over the same rows each time.
    private let make: Maker
    /// Makes one that yields digests of them.
    private let makeDigests: Maker?
    /// The keys of the rows that the source accepts, in its order.
    private let keys: [RowKey]
    /// How many rows it has, those that it rejects included.
    private let rowCount: Int

    /// - Parameters:
    ///   - keys: of the rows that the source accepts, in its order; a dozen or so.
    ///   - rejected: how many rows the source has to reject.
    ///   - digests: makes a source that yields digests of the same rows; nil when there is none.
    ///   - make: makes a source over the same rows each time.
    package init(
        keys: [RowKey],
        rejected: Int,
        digests: (@Sendable () async throws -> any RowSource)? = nil,
        make: @escaping @Sendable () async throws -> any RowSource
    ) {
        self.keys = keys
        rowCount = keys.count + rejected
        self.make = make
        makeDigests = digests
    }

    package func check() async throws {
        try await check(make)
        if let makeDigests {
            #expect(try await !make().yieldsDigests)
            #expect(try await makeDigests().yieldsDigests)
            try await check(makeDigests)
            try await digestsAgreeWithRows(makeDigests)
            try await positionsServeBoth(makeDigests)
        }
    }

    private func check(_ make: Maker) async throws {
        for rows in [1, 3, rowCount, rowCount + 1] {
            try await readsEveryRowOnce(ChunkLimit(rows: rows, bytes: .max), make)
        }
        try await readsEveryRowOnce(ChunkLimit(rows: rowCount, bytes: 1), make)
        try await boundsChunksByBytes(make)
        try await resumesAfterEachChunk(make)
        try await staysAtItsEnd(make)
        try await beginsAgainWhenOpenedAgain(make)
        try await endsSoonWhenCancelled(make)
    }

    private func readsEveryRowOnce(_ limit: ChunkLimit, _ make: Maker) async throws {
        let chunks = try await read(limit, after: nil, make)
        #expect(chunks.flatMap(\.keys) == keys)
        #expect(chunks.reduce(0) { $0 + $1.rowCount } == rowCount)
        #expect(chunks.allSatisfy { $0.rowCount <= limit.rows })
        #expect(chunks.allSatisfy { $0.snapshot >= 1 })
        #expect(chunks.map(\.snapshot) == chunks.map(\.snapshot).sorted())
        for row in chunks.flatMap(\.rows) { row.check() }
        for digest in chunks.flatMap(\.digests) {
            digest.textHash.checkHash()
            digest.payloadHash.checkHash()
        }
        let holdsDigests = try await make().yieldsDigests
        #expect(chunks.allSatisfy { holdsDigests ? $0.rows.isEmpty : $0.digests.isEmpty })
    }

    private func boundsChunksByBytes(_ make: Maker) async throws {
        let chunks = try await read(ChunkLimit(rows: rowCount, bytes: .max), after: nil, make)
        let bytes = chunks.flatMap(\.sizes).prefix(3).reduce(0, +)
        for chunk in try await read(ChunkLimit(rows: rowCount, bytes: bytes), after: nil, make) {
            #expect(chunk.rowCount == 1 || chunk.sizes.reduce(0, +) <= bytes)
        }
    }

    private func resumesAfterEachChunk(_ make: Maker) async throws {
        let limit = ChunkLimit(rows: 2, bytes: .max)
        var expected = keys[...]
        for chunk in try await read(limit, after: nil, make) {
            expected = expected.dropFirst(chunk.keys.count)
            let rest = try await read(limit, after: chunk.end, make)
            #expect(rest.flatMap(\.keys) == Array(expected))
        }
        #expect(expected.isEmpty)
    }

    private func staysAtItsEnd(_ make: Maker) async throws {
        let limit = ChunkLimit(rows: rowCount, bytes: .max)
        let source = try await make()
        try await source.open(after: nil)
        while try await source.nextChunk(limit) != nil {}
        #expect(try await source.nextChunk(limit) == nil)
        await source.close()
        await source.close()
    }

    private func beginsAgainWhenOpenedAgain(_ make: Maker) async throws {
        let source = try await make()
        try await source.open(after: nil)
        _ = try await source.nextChunk(ChunkLimit(rows: 1, bytes: .max))
        await source.close()
        try await source.open(after: nil)
        let chunk = try await source.nextChunk(ChunkLimit(rows: rowCount, bytes: .max))
        #expect(chunk?.keys.first == keys.first)
        await source.close()
    }

    private func endsSoonWhenCancelled(_ make: Maker) async throws {
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

    /// A digest says of its row what the row itself says.
    private func digestsAgreeWithRows(_ makeDigests: Maker) async throws {
        let limit = ChunkLimit(rows: rowCount, bytes: .max)
        let whole = try await read(limit, after: nil, make)
        let digests = try await read(limit, after: nil, makeDigests)
        for (row, digest) in zip(whole.flatMap(\.rows), digests.flatMap(\.digests)) {
            #expect(digest.key == row.key)
            #expect(digest.textHash == row.textHash && digest.payloadHash == row.payloadHash)
            #expect(digest.byteCount == row.text.count + row.payload.count)
        }
        #expect(digests.flatMap(\.rejections) == whole.flatMap(\.rejections))
    }

    /// Where a source of one kind has ended, one of the other kind goes on.
    private func positionsServeBoth(_ makeDigests: @escaping Maker) async throws {
        let limit = ChunkLimit(rows: 3, bytes: .max)
        for (first, second) in [(make, makeDigests), (makeDigests, make)] {
            var expected = keys[...]
            for chunk in try await read(limit, after: nil, first) {
                expected = expected.dropFirst(chunk.keys.count)
                let rest = try await read(limit, after: chunk.end, second)
                #expect(rest.flatMap(\.keys) == Array(expected))
            }
        }
    }

    private func read(_ limit: ChunkLimit, after position: Position?, _ make: Maker) async throws -> [Chunk] {
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

extension Chunk {
    /// The keys of its rows or digests.
    fileprivate var keys: [RowKey] { rows.map(\.key) + digests.map(\.key) }

    /// What each row or digest takes of a limit of bytes: a digest is its hashes.
    fileprivate var sizes: [Int] {
        rows.map(\.byteCount) + digests.map { $0.textHash.count + $0.payloadHash.count }
    }
}
