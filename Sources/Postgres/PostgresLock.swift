public import Pipeline
internal import Threading

/// Keeps runs of the same sync on different machines apart, by an advisory lock in the database they read.
///
/// The lock belongs to an idle transaction on a connection of its own, which holds no snapshot and works behind a proxy
/// that pools transactions; PostgreSQL frees it when the connection ends, however it ends; `renew` then takes it again.
public actor PostgresLock {
    private let executor = BlockingExecutor(label: "postgres-lock")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let settings: ConnectionSettings
    private let name: String
    private let clock: RunClock
    private let wakeUp = WakeUp()
    private var connection: Connection?
    /// The transaction that holds the lock, or held it on a connection that broke.
    private var holder: Holder?

    /// What tells a transaction from all others.
    private struct Holder {
        let pid: String
        let began: String
    }

    /// - Parameter name: of the sync, the same on all machines.
    public init(settings: ConnectionSettings, name: String, clock: RunClock) {
        self.settings = settings
        self.name = name
        self.clock = clock
    }

    /// Takes the lock, or throws `.busy` at once when another run has it.
    public func acquire() async throws(PipelineError) {
        try await interruptibly { lock throws(PipelineError) in try lock.take() }
    }

    /// Makes sure that the lock is held: takes it again where the connection that held it broke.
    ///
    /// - Returns: whether it had to be taken again. Another run may have had it for a while.
    /// - Throws: `.busy` when another run has it now, `.server` while the database cannot be reached.
    package func renew() async throws(PipelineError) -> Bool {
        try await interruptibly { lock throws(PipelineError) in
            if lock.connection != nil {
                do throws(PipelineError) {
                    try Self.suspendTimeouts(lock.connection!)
                    return false
                } catch {
                    // What was cancelled broke nothing.
                    if error.kind == .cancelled { throw error }
                    lock.connection = nil
                }
            }
            try lock.take()
            return true
        }
    }

    private func interruptibly<Answer: Sendable>(
        _ work: (isolated PostgresLock) throws(PipelineError) -> Answer
    ) async throws(PipelineError) -> Answer {
        if Task.isCancelled { throw .cancelled }
        let outcome: Result<Answer, PipelineError> = await withTaskCancellationHandler {
            do throws(PipelineError) {
                return .success(try work(self))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            wakeUp.signal()
        }
        return try outcome.get()
    }

    private func take() throws(PipelineError) {
        let connection = try Connection.open(settings, wakeUp: wakeUp, clock: clock)
        _ = try connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED", while: Self.action)
        let taken = try connection.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)), pg_backend_pid(), extract(epoch FROM now())",
            ["pattern-sync " + name],
            while: Self.action
        )
        guard taken.text(0, 0) == "t" else {
            if let holder, try end(holder, connection) {
                throw PipelineError(
                    .server(retryAfter: nil),
                    "PostgreSQL: the connection that broke still has the lock of '\(name)' (while \(Self.action))"
                )
            }
            throw PipelineError(
                .busy,
                "another run of the sync '\(name)' holds its lock in the database",
                remedy: "wait for it to end, or find it in pg_stat_activity by application_name pattern-sync"
            )
        }
        holder = Holder(pid: taken.text(0, 1) ?? "", began: taken.text(0, 2) ?? "")
        // These come last: a query's snapshot lives until the next statement, and SET has none.
        try Self.suspendTimeouts(connection)
        self.connection = consume connection
    }

    /// Ends a transaction of ours that the server takes for alive although its connection broke.
    ///
    /// - Returns: whether there was one.
    private func end(_ holder: Holder, _ connection: borrowing Connection) throws(PipelineError) -> Bool {
        let ended = try connection.execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE pid = $1::int AND extract(epoch FROM xact_start)::text = $2
            """,
            [holder.pid, holder.began],
            while: Self.action
        )
        return ended.rowCount > 0
    }

    /// Cheap, and without a snapshot.
    private static func suspendTimeouts(_ connection: borrowing Connection) throws(PipelineError) {
        var timeouts = ["idle_in_transaction_session_timeout"]
        if connection.serverVersion >= 170_000 { timeouts.append("transaction_timeout") }
        for timeout in timeouts {
            _ = try connection.execute("SET LOCAL \(timeout) = 0", while: action)
        }
    }

    private static let action = "taking the lock"

    /// Gives the lock back; harmless when it is not held. When it returns, the next run can have it.
    public func release() async {
        wakeUp.reset()
        // A statement that was cancelled may still be under way.
        connection?.finishStatement()
        // The server notices the end of a connection some time after it: too late for a run that follows at once. Where
        // this fails, the connection is broken, and the lock goes with it.
        if connection != nil { try? Transaction.end(connection!) }
        connection = nil
        holder = nil
    }
}
