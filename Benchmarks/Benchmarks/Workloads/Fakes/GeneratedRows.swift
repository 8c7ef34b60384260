import Pipeline

/// A table of rows that are alike, read as fast as they can be made.
actor GeneratedRows: RowSource {
    nonisolated let yieldsDigests = false
    private let count: Int
    private var next = 0

    init(count: Int) {
        self.count = count
    }

    func open(after position: Position?) {
        next = position.flatMap { Int($0.token) } ?? 0
    }

    func nextChunk(_ limit: ChunkLimit) -> Chunk? {
        guard next < count else { return nil }
        let end = min(next + limit.rows, count)
        let rows = (next..<end).map { number in
            Row(
                key: .integer(UInt64(number)),
                text: Inputs.text,
                payload: Inputs.payload,
                textHash: Inputs.textHash,
                payloadHash: Inputs.payloadHash
            )
        }
        next = end
        return Chunk(rows: rows, end: Position(String(end)))
    }

    func close() {}
}

/// The digests of such rows: one chunk again and again.
actor GeneratedDigests: RowSource {
    static let keys = (0..<1_000).map(Inputs.key)

    nonisolated let yieldsDigests = true
    private let chunks: Int
    private var next = 0
    private let digests = keys.map { key in
        RowDigest(key: key, textHash: Inputs.textHash, payloadHash: Inputs.payloadHash, byteCount: 900)
    }

    init(chunks: Int) {
        self.chunks = chunks
    }

    func open(after position: Position?) {
        next = 0
    }

    func nextChunk(_ limit: ChunkLimit) -> Chunk? {
        guard next < chunks else { return nil }
        next += 1
        return Chunk(digests: digests, end: Position(String(next)))
    }

    func close() {}
}

/// A full run in one snapshot asks for no single rows.
struct NoLookup: RowLookup {
    func rows(of keys: [RowKey], bytes: Int) async -> FoundRows { FoundRows(rows: []) }
    func existing(_ keys: [RowKey]) async -> Set<RowKey> { [] }
    func close() async {}
}
