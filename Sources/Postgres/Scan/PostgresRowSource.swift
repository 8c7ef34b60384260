public import Pipeline
internal import Threading

/// Reads a query's rows in key order through a cursor, a snapshot at a time.
///
/// The position of a chunk is the last key in it. A cursor's transaction holds back the clean-up of dead rows for as
/// long as it lives, so the first read after the snapshot window closes it and opens it again at the last key; not so
/// where no index yields the rows in key order, because all rows would be sorted again each time.
///
/// libpq is waited for on an executor of the actor's own, never on the shared pool.
public actor PostgresRowSource: RowSource {
    private let executor = BlockingExecutor(label: "postgres")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let settings: ConnectionSettings
    private let query: SourceQuery
    private let content: Content
    private let snapshotWindow: Duration
    private let clock: RunClock
    private let wakeUp = WakeUp()

    private var connection: Connection?
    private var inspection: SourceInspection?
    private var cursor: RowCursor?
    /// Where reading goes on: the last key of the last chunk.
    private var lastKey: String?
    /// The bytes of the last chunk.
    private var lastByteCount = 0
    private var snapshots = 0
    /// The number that the last chunk bore.
    private var toldSnapshots = 0
    private var isExhausted = false

    /// - Parameters:
    ///   - snapshotWindow: the longest time to hold one snapshot.
    ///   - clock: measures it.
    ///   - content: what its chunks hold. Positions are the same for all kinds; the bytes of a chunk are those in memory.
    ///   - inspection: what another source has found out about the same query already.
    public init(
        settings: ConnectionSettings,
        query: SourceQuery,
        snapshotWindow: Duration,
        clock: RunClock,
        reading content: Content = .rows,
        inspected inspection: SourceInspection? = nil
    ) {
        self.settings = settings
        self.query = query
        self.content = content
        self.inspection = inspection
        self.snapshotWindow = snapshotWindow
        self.clock = clock
    }

    public nonisolated var yieldsDigests: Bool { content == .digests }

    /// Checks the query against the database, without reading its rows. `open` does it by itself if need be.
    public func inspect() async throws(PipelineError) -> SourceInspection {
        try await interruptibly { source throws(PipelineError) in try source.prepare() }
    }

    public func open(after position: Position?) async throws(PipelineError) {
        // The end of rows that had no key at all is the start. A text may be empty, and then no key is less.
        lastKey = position.flatMap { $0.token.isEmpty && query.key != .text ? nil : $0.token }
        isExhausted = false
        toldSnapshots = 0
        _ = try await inspect()
    }

    public func nextChunk(_ limit: ChunkLimit) async throws(PipelineError) -> Chunk? {
        try await interruptibly { source throws(PipelineError) in try source.readChunk(limit) }
    }

    public func close() async {
        giveUpConnection()
    }

    // MARK: - On the executor

    /// Runs blocking work so that cancelling the task ends it. After any error the connection is given up: whatever
    /// state it is in, a new one is in none.
    private func interruptibly<Result: Sendable>(
        _ work: (isolated PostgresRowSource) throws(PipelineError) -> Result
    ) async throws(PipelineError) -> Result {
        if Task.isCancelled { throw .cancelled }
        wakeUp.reset()
        let outcome: Swift.Result<Result, PipelineError> = await withTaskCancellationHandler {
            do throws(PipelineError) {
                return .success(try work(self))
            } catch {
                giveUpConnection()
                return .failure(error)
            }
        } onCancel: {
            wakeUp.signal()
        }
        return try outcome.get()
    }

    /// libpq says goodbye, and the server ends the transaction.
    private func giveUpConnection() {
        connection = nil
        cursor = nil
    }

    /// Connects and inspects, once.
    private func prepare() throws(PipelineError) -> SourceInspection {
        if connection == nil { connection = try .open(settings, wakeUp: wakeUp, clock: clock) }
        if let inspection { return inspection }
        let found = try PostgresFault.ofQuery { () throws(PipelineError) in
            try SourceInspector(query: query).inspect(connection!)
        }
        try Transaction.end(connection!)
        inspection = found
        return found
    }

    private func readChunk(_ limit: ChunkLimit) throws(PipelineError) -> Chunk? {
        if isExhausted { return nil }
        do throws(PipelineError) {
            return try readOn(limit)
        } catch {
            guard error.rowFault == .unreadable else { throw error }
            // What was read of the chunk is read again.
            giveUpConnection()
            return try readSingly(limit)
        }
    }

    private func readOn(_ limit: ChunkLimit) throws(PipelineError) -> Chunk? {
        let inspection = try prepare()
        try closeOutlivedCursor(inspection)
        if cursor == nil { try openCursor(inspection) }
        // A little more than the last chunk had: rows are mostly alike, and what has to grow is copied.
        let byteCount = min(lastByteCount + lastByteCount / 8, limit.bytes)
        var builder = ChunkBuilder(keyType: query.key, content: content, byteCount: byteCount)
        while builder.rowCount < limit.rows {
            // Large rows leave rows of the FETCH over each time; so this chunk may have to end where the FETCH does.
            if builder.rowCount > 0, isOutlived(inspection) { break }
            guard let row = try cursor!.next(limit.rows - builder.rowCount, connection!) else {
                return try lastChunk(&builder, inspection)
            }
            guard builder.hasRoom(for: row, in: limit.bytes) else {
                cursor!.putBack(row)
                break
            }
            let key = row.validText(0, ScanStatement.Column.key.rawValue)
            if try cursor!.isNew(key) { try builder.append(row, key: key) }
        }
        return chunk(builder)
    }

    /// Reads a chunk row by row, since at least one of them cannot be read.
    private func readSingly(_ limit: ChunkLimit) throws(PipelineError) -> Chunk? {
        let inspection = try prepare()
        try Transaction.begin(connection!, inIndexOrder: inspection.isInIndexOrder)
        snapshots += 1
        var builder = ChunkBuilder(keyType: query.key, content: content)
        let scan = SingleRowScan(statement: statement(inspection), content: content)
        guard try scan.read(after: lastKey, limit, into: &builder, connection!) else {
            return try lastChunk(&builder, inspection)
        }
        try Transaction.end(connection!)
        return chunk(builder)
    }

    private func chunk(_ builder: ChunkBuilder) -> Chunk? {
        // A snapshot without a row is told too: rows may have moved out of it that the one before did not have either.
        guard builder.rowCount > 0 || snapshots > toldSnapshots && toldSnapshots > 0 else { return nil }
        toldSnapshots = snapshots
        if let key = builder.lastKey { lastKey = key }
        lastByteCount = builder.byteCount
        return builder.chunk(end: Position(lastKey ?? ""), snapshot: snapshots)
    }

    private func statement(_ inspection: SourceInspection) -> ScanStatement {
        ScanStatement(query: inspection.sql, key: query.key)
    }

    private func openCursor(_ inspection: SourceInspection) throws(PipelineError) {
        try Transaction.begin(connection!, inIndexOrder: inspection.isInIndexOrder)
        cursor = try RowCursor(statement(inspection), content, at: lastKey, connection!, clock)
        snapshots += 1
    }

    /// Gives up the snapshot when it has been held for the snapshot window.
    private func closeOutlivedCursor(_ inspection: SourceInspection) throws(PipelineError) {
        guard isOutlived(inspection) else { return }
        try Transaction.end(connection!)
        cursor = nil
    }

    private func isOutlived(_ inspection: SourceInspection) -> Bool {
        guard inspection.isInIndexOrder, cursor != nil else { return false }
        return cursor!.canBeReplaced(after: snapshotWindow, clock)
    }

    /// What is left, and the rows without a key, which no cursor in key order shows.
    private func lastChunk(
        _ builder: inout ChunkBuilder,
        _ inspection: SourceInspection
    ) throws(PipelineError) -> Chunk? {
        let counted = try PostgresFault.ofQuery { () throws(PipelineError) in
            try connection!.execute(statement(inspection).keylessCount, while: "looking for rows without a key")
        }
        let keyless = counted.text(0, 0).flatMap(Int.init) ?? 0
        try Transaction.end(connection!)
        // From here on nothing fails: had the rows been counted as read before, a lost connection would lose them.
        cursor = nil
        isExhausted = true
        if keyless > 0 { builder.rejectKeyless(keyless) }
        return chunk(builder)
    }
}
