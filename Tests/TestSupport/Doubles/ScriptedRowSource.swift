package import Pipeline
internal import Threading

/// Rows from a script: as many as wanted, made when they are read.
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
        var isOpen = false
        var isBusy = false
    }

    private let count: Int
    private let rejected: Set<Int>
    private let snapshotRows: Int
    private let row: @Sendable (Int) -> Row
    private let onOpen: @Sendable (_ call: Int) async throws(PipelineError) -> Void
    private let before: @Sendable (_ row: Int, _ call: Int) async throws(PipelineError) -> Void
    private let state = Locked(State())
    /// How many chunks were asked for.
    package let reads = Level()

    /// - Parameters:
    ///   - rejected: the rows that the source itself cannot accept.
    ///   - snapshotRows: how many rows one snapshot serves.
    ///   - row: makes the row with a number, which counts from 0.
    ///   - onOpen: is awaited in each `open`, which counts from 1; what it throws, `open` throws.
    ///   - before: is awaited in each read with the number of the row that comes next and the number of the read, from
    ///     1; what it throws, the read throws.
    package init(
        count: Int,
        rejected: Set<Int> = [],
        snapshotRows: Int = .max,
        row: @escaping @Sendable (Int) -> Row = { Row.sample($0) },
        onOpen: @escaping @Sendable (_ call: Int) async throws(PipelineError) -> Void = { _ in },
        before: @escaping @Sendable (_ row: Int, _ call: Int) async throws(PipelineError) -> Void = { _, _ in }
    ) {
        self.count = count
        self.rejected = rejected
        self.snapshotRows = snapshotRows
        self.row = row
        self.onOpen = onOpen
        self.before = before
    }

    package var log: Log { state.withLock { $0.log } }

    /// The position before the row with this number.
    package static func position(before row: Int) -> Position { Position("before \(row)") }

    package func open(after position: Position?) async throws(PipelineError) {
        let call = state.withLock { state in
            state.log.opened.append(position)
            state.log.isViolated = state.log.isViolated || state.isBusy
            state.next = position.flatMap { Int($0.token.dropFirst("before ".count)) } ?? 0
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
        try await before(next, call)
        guard next < count else { return nil }

        var chunk = Chunk(rows: [], end: Position(""), snapshot: 1 + next / snapshotRows)
        var bytes = 0
        var index = next
        // A chunk lies in one snapshot.
        while index < count, index - next < limit.rows, index / snapshotRows == next / snapshotRows {
            let row = row(index)
            guard index == next || bytes + row.byteCount <= limit.bytes else { break }
            if rejected.contains(index) {
                chunk.rejections.append(Rejection(key: row.key.description, reason: "blank text"))
            } else {
                chunk.rows.append(row)
            }
            bytes += row.byteCount
            index += 1
        }
        chunk.end = Self.position(before: index)
        state.withLock { [index] state in state.next = index }
        return chunk
    }

    package func close() async {
        state.withLock { state in
            state.log.closed += 1
            state.log.isViolated = state.log.isViolated || state.isBusy
            state.isOpen = false
        }
    }
}
