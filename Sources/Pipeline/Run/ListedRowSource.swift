/// Reads the rows of a list of keys, each as it is when its turn comes.
///
/// A key that has no row any more yields nothing. A position is the number of entries that are done.
public actor ListedRowSource: RowSource {
    public nonisolated let yieldsDigests = false

    private let keys: [RowKey]
    private let rejections: [Rejection]
    private let lookup: any RowLookup
    /// How many keys and rejections are done.
    private var done = 0
    private var snapshots = 0

    /// As many as a lookup answers for at once.
    private static let mostKeys = 1_000

    /// - Parameters:
    ///   - keys: each once.
    ///   - rejections: of rows that nobody can look up; they come last.
    ///   - lookup: is closed with the source.
    public init(_ keys: [RowKey], rejections: [Rejection] = [], lookup: any RowLookup) {
        self.keys = keys
        self.rejections = rejections
        self.lookup = lookup
    }

    public func open(after position: Position?) async throws(PipelineError) {
        done = position.flatMap { Int($0.token) } ?? 0
    }

    public func nextChunk(_ limit: ChunkLimit) async throws(PipelineError) -> Chunk? {
        while done < keys.count {
            let asked = Array(keys[done...].prefix(min(limit.rows, Self.mostKeys)))
            var (chunk, read) = try await chunk(of: asked, limit)
            // The rows that filled the limit may have been other ones than the first.
            if read == 0 { (chunk, read) = try await self.chunk(of: [asked[0]], limit) }
            done += read
            chunk.end = Position(String(done))
            if chunk.rowCount > 0 { return chunk }
        }
        let rest = rejections.dropFirst(done - keys.count).prefix(limit.rows)
        guard !rest.isEmpty else { return nil }
        done += rest.count
        return Chunk(rejections: Array(rest), end: Position(String(done)), snapshot: max(snapshots, 1))
    }

    public func close() async {
        await lookup.close()
    }

    /// What there is of the keys, up to the first one that has no room.
    ///
    /// - Returns: also how many of the keys that is about.
    private func chunk(
        of asked: [RowKey],
        _ limit: ChunkLimit
    ) async throws(PipelineError) -> (chunk: Chunk, read: Int) {
        let found = try await lookup.rows(of: asked, bytes: limit.bytes)
        snapshots += 1
        let unread = Set(found.unread)
        let rows = Dictionary(found.rows.map { ($0.key, $0) }) { $1 }
        let rejections = Dictionary(grouping: found.rejections) { $0.key.map { RejectedKey($0) } }
        var chunk = Chunk(end: Position(""), snapshot: snapshots)
        var bytes = 0
        for (index, key) in asked.enumerated() {
            if unread.contains(key) { return (chunk, index) }
            if let row = rows[key] {
                guard chunk.rowCount == 0 || bytes + row.byteCount <= limit.bytes else { return (chunk, index) }
                bytes += row.byteCount
                chunk.rows.append(row)
            }
            chunk.rejections += rejections[RejectedKey(key.description)] ?? []
        }
        return (chunk, asked.count)
    }
}
