package import Pipeline
internal import Threading

/// Reads a scripted table in the order of its rows, a snapshot at a time.
///
/// Its positions are `before N`, where N is the row that comes next.
package final class ScriptedRowSource: RowSource {
    /// What a test reads about how the source was used.
    package struct Log: Sendable {
        package var opened: [Position?] = []
        package var limits: [ChunkLimit] = []
        package var closed = 0
        /// Whether two calls were under way at once, or one came before `open`.
        package var isViolated = false
    }

    private struct State {
        var log = Log()
        var next = 0
        /// What is read now, and how many rows of it have been.
        var snapshot: ScriptedTable.Content?
        var rowsOfSnapshot = 0
        var snapshots = 0
        var isOpen = false
        var isBusy = false
        var isExhausted = false
    }

    package let table: ScriptedTable
    package let yieldsDigests: Bool
    private let snapshotRows: Int
    private let onOpen: @Sendable (_ call: Int) async throws(PipelineError) -> Void
    private let before: @Sendable (_ row: Int, _ call: Int) async throws(PipelineError) -> Void
    private let state = Locked(State())
    /// How many chunks were asked for.
    package let reads = Level()

    /// - Parameters:
    ///   - yieldsDigests: whether it yields digests instead of whole rows.
    ///   - snapshotRows: how many rows one snapshot serves.
    ///   - onOpen: is awaited in each `open`, which counts from 1; what it throws, `open` throws.
    ///   - before: is awaited in each read with the number of the row that comes next and the number of the read, from
    ///     1; what it throws, the read throws, and the snapshot is lost.
    package init(
        _ table: ScriptedTable,
        yieldsDigests: Bool = false,
        snapshotRows: Int = .max,
        onOpen: @escaping @Sendable (_ call: Int) async throws(PipelineError) -> Void = { _ in },
        before: @escaping @Sendable (_ row: Int, _ call: Int) async throws(PipelineError) -> Void = { _, _ in }
    ) {
        self.table = table
        self.yieldsDigests = yieldsDigests
        self.snapshotRows = snapshotRows
        self.onOpen = onOpen
        self.before = before
    }

    /// Reads a table of its own: see `ScriptedTable`.
    package convenience init(
        count: Int,
        rejected: Set<Int> = [],
        snapshotRows: Int = .max,
        row: @escaping @Sendable (Int) -> Row = { Row.sample($0) },
        onOpen: @escaping @Sendable (_ call: Int) async throws(PipelineError) -> Void = { _ in },
        before: @escaping @Sendable (_ row: Int, _ call: Int) async throws(PipelineError) -> Void = { _, _ in }
    ) {
        self.init(
            ScriptedTable(count: count, rejected: rejected, row: row),
            snapshotRows: snapshotRows,
            onOpen: onOpen,
            before: before
        )
    }

    package var log: Log { state.withLock { $0.log } }

    /// The position before the row with this number.
    package static func position(before row: Int) -> Position { Position("before \(row)") }

    package func open(after position: Position?) async throws(PipelineError) {
        let call = state.withLock { state in
            state.log.opened.append(position)
            state.log.isViolated = state.log.isViolated || state.isBusy
            state.next = position.flatMap { Int($0.token.dropFirst("before ".count)) } ?? 0
            state.snapshot = nil
            state.isExhausted = false
            return state.log.opened.count
        }
        try await onOpen(call)
        state.withLock { $0.isOpen = true }
    }

    package func nextChunk(_ limit: ChunkLimit) async throws(PipelineError) -> Chunk? {
        let (next, call) = state.withLock { state in
            state.log.limits.append(limit)
            state.log.isViolated = state.log.isViolated || state.isBusy || !state.isOpen
            state.isBusy = true
            return (state.next, state.log.limits.count)
        }
        defer { state.withLock { $0.isBusy = false } }
        reads.change(by: 1)
        do throws(PipelineError) {
            try await before(next, call)
        } catch {
            state.withLock { $0.snapshot = nil }
            throw error
        }
        return state.withLock { read(limit, &$0) }
    }

    package func close() async {
        state.withLock { state in
            state.log.closed += 1
            state.log.isViolated = state.log.isViolated || state.isBusy
            state.isOpen = false
        }
    }

    private func read(_ limit: ChunkLimit, _ state: inout State) -> Chunk? {
        if state.isExhausted { return nil }
        if state.rowsOfSnapshot >= snapshotRows { state.snapshot = nil }
        if state.snapshot == nil {
            state.rowsOfSnapshot = 0
            state.snapshots += 1
        }
        let content = state.snapshot ?? table.content
        state.snapshot = content
        var chunk = Chunk(end: Position(""), snapshot: state.snapshots)
        var bytes = 0
        // A chunk lies in one snapshot.
        let most = min(limit.rows, snapshotRows - state.rowsOfSnapshot)
        while state.next < content.end, chunk.rowCount < most {
            switch content.entry(state.next) {
            case .row(let row):
                let byteCount = yieldsDigests ? row.textHash.count + row.payloadHash.count : row.byteCount
                guard chunk.rowCount == 0 || bytes + byteCount <= limit.bytes else {
                    return end(chunk, &state)
                }
                bytes += byteCount
                if yieldsDigests { chunk.digests.append(RowDigest(row)) } else { chunk.rows.append(row) }
            case .rejected(let rejection):
                chunk.rejections.append(rejection)
            case nil: break
            }
            state.next += 1
        }
        if state.next >= content.end, chunk.rowCount < limit.rows {
            state.isExhausted = true
            if content.keyless > 0 {
                chunk.rejections.append(Rejection(key: nil, reason: "the key is NULL", rowCount: content.keyless))
            }
        }
        return end(chunk, &state)
    }

    private func end(_ chunk: Chunk, _ state: inout State) -> Chunk? {
        state.rowsOfSnapshot += chunk.rowCount
        guard chunk.rowCount > 0 else { return nil }
        var chunk = chunk
        chunk.end = Self.position(before: state.next)
        return chunk
    }
}

extension RowDigest {
    /// What a source in digest mode yields of the row.
    package init(_ row: Row) {
        self.init(
            key: row.key,
            textHash: row.textHash,
            payloadHash: row.payloadHash,
            byteCount: row.text.count + row.payload.count
        )
    }
}
