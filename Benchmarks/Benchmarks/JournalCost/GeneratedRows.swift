import Pipeline

/// A table of rows that are alike, read as fast as they can be made.
actor GeneratedRows: RowSource {
    nonisolated let yieldsDigests = false
    private let count: Int
    private var next = 0

    private static let text = ArraySlice(repeatElement(UInt8(ascii: "x"), count: 600))
    private static let payload = ArraySlice(#"{"language":"python"}"#.utf8)
    private static let hash = ArraySlice(repeatElement(UInt8(ascii: "0"), count: 64))

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
                text: Self.text,
                payload: Self.payload,
                textHash: Self.hash,
                payloadHash: Self.hash
            )
        }
        next = end
        return Chunk(rows: rows, end: Position(String(end)))
    }

    func close() {}
}

/// A full run in one snapshot asks for no single rows.
struct NoLookup: RowLookup {
    func rows(of keys: [RowKey], bytes: Int) async -> FoundRows { FoundRows(rows: []) }
    func existing(_ keys: [RowKey]) async -> Set<RowKey> { [] }
    func close() async {}
}
