public import Pipeline
internal import Threading

/// Looks up single rows of a query by their keys, each call in a snapshot of its own.
///
/// It has one connection, which is opened by the first call, and again by the next one after an error. Calls that are
/// made at once wait for each other.
public actor PostgresRowLookup: RowLookup {
    private let executor = BlockingExecutor(label: "postgres-lookup")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let settings: ConnectionSettings
    private let query: SourceQuery
    private let clock: RunClock

    private var connection: Connection?
    private var statement: ScanStatement?

    /// - Parameter clock: measures how long connecting takes.
    public init(settings: ConnectionSettings, query: SourceQuery, clock: RunClock) {
        self.settings = settings
        self.query = query
        self.clock = clock
    }

    public func rows(of keys: [RowKey], bytes: Int) async throws(PipelineError) -> FoundRows {
        if keys.isEmpty { return FoundRows(rows: []) }
        return try await interruptibly { lookup, wakeUp throws(PipelineError) in
            do throws(PipelineError) {
                return try lookup.readRows(keys, bytes, wakeUp)
            } catch {
                guard error.rowFault == .unreadable else { throw error }
                lookup.connection = nil
                return try lookup.readSingly(keys, bytes, wakeUp)
            }
        }
    }

    public func existing(_ keys: [RowKey]) async throws(PipelineError) -> Set<RowKey> {
        if keys.isEmpty { return [] }
        return try await interruptibly { lookup, wakeUp throws(PipelineError) in
            try lookup.readKeys(keys, wakeUp)
        }
    }

    public func close() async {
        connection = nil
    }

    // MARK: - On the executor

    /// Runs blocking work so that cancelling the task ends it; after any error the connection is given up.
    ///
    /// Each call has a signal of its own: that of a caller who is cancelled never reaches another's work.
    private func interruptibly<Answer: Sendable>(
        _ work: (isolated PostgresRowLookup, WakeUp) throws(PipelineError) -> Answer
    ) async throws(PipelineError) -> Answer {
        if Task.isCancelled { throw .cancelled }
        let wakeUp = WakeUp()
        let outcome: Result<Answer, PipelineError> = await withTaskCancellationHandler {
            do throws(PipelineError) {
                return .success(try work(self, wakeUp))
            } catch {
                connection = nil
                return .failure(error)
            }
        } onCancel: {
            wakeUp.signal()
        }
        return try outcome.get()
    }

    /// Begins a transaction, connected and with the query checked.
    private func begin(_ wakeUp: WakeUp) throws(PipelineError) -> ScanStatement {
        if connection == nil { connection = try .open(settings, wakeUp: wakeUp, clock: clock) }
        connection!.wakeUp = wakeUp
        try Transaction.begin(connection!, inIndexOrder: false)
        if let statement { return statement }
        let found = try PostgresFault.ofQuery { () throws(PipelineError) in
            try StatementBuilder(query: query).statement(connection!)
        }
        statement = found
        return found
    }

    private func readRows(_ keys: [RowKey], _ bytes: Int, _ wakeUp: WakeUp) throws(PipelineError) -> FoundRows {
        let statement = try begin(wakeUp)
        let action = "looking up rows"
        let asked = Set(keys)
        var unread = asked
        var builder = ChunkBuilder(keyType: query.key, content: .rows)
        try connection!.startRows(statement.lookup, [query.key.array(keys)], while: action)
        while let row = try connection!.nextRow(while: action) {
            guard let key = key(row, 0), asked.contains(key) else { continue }
            guard unread.contains(key) else { throw .duplicate(key.description) }
            guard builder.hasRoom(for: row, in: bytes) else {
                // Only the end of the connection keeps the server from sending all the other rows.
                connection = nil
                let rest = keys.filter { unread.remove($0) != nil }
                return FoundRows(rows: builder.rows, rejections: builder.rejections, unread: rest)
            }
            unread.remove(key)
            try builder.append(row)
        }
        try Transaction.end(connection!)
        return FoundRows(rows: builder.rows, rejections: builder.rejections)
    }

    /// Reads rows one at a time, of which at least one cannot be read.
    private func readSingly(_ keys: [RowKey], _ bytes: Int, _ wakeUp: WakeUp) throws(PipelineError) -> FoundRows {
        let reader = try SingleRowReader(try begin(wakeUp), .rows, connection!)
        var builder = ChunkBuilder(keyType: query.key, content: .rows)
        // A key that no row can have would fail as a parameter.
        var unread = keys.filter { query.key.array([$0]) != query.key.array([]) }[...]
        while let key = unread.first {
            guard try reader.read(key.description, into: &builder, bytes: bytes, connection!) else { break }
            unread.removeFirst()
        }
        try Transaction.end(connection!)
        return FoundRows(rows: builder.rows, rejections: builder.rejections, unread: Array(unread))
    }

    private func readKeys(_ keys: [RowKey], _ wakeUp: WakeUp) throws(PipelineError) -> Set<RowKey> {
        let statement = try begin(wakeUp)
        let found = try connection!.execute(
            statement.existence,
            [query.key.array(keys)],
            while: "looking for rows"
        )
        try Transaction.end(connection!)
        return Set((0..<found.rowCount).compactMap { key(found, $0) }).intersection(keys)
    }

    /// The key in a row of `result`. A collation may take keys for equal that are not, so it need not be one that was
    /// asked for.
    private func key(_ result: borrowing QueryResult, _ row: Int) -> RowKey? {
        result.validText(row, ScanStatement.Column.key.rawValue).flatMap(query.key.rowKey)
    }
}
