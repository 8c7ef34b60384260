public import Pipeline
internal import Threading

/// Keeps runs of the same sync on different machines apart, by an advisory lock in the database they read.
///
/// The lock belongs to an idle transaction on a connection of its own, which holds no snapshot and works behind a proxy
/// that pools transactions; PostgreSQL frees it when the connection ends, however it ends.
public actor PostgresLock {
    private let executor = BlockingExecutor(label: "postgres-lock")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let settings: ConnectionSettings
    private let name: String
    private let clock: RunClock
    private let wakeUp = WakeUp()
    private var connection: Connection?

    /// - Parameter name: of the sync, the same on all machines.
    public init(settings: ConnectionSettings, name: String, clock: RunClock) {
        self.settings = settings
        self.name = name
        self.clock = clock
    }

    /// Takes the lock, or throws `.busy` at once when another run has it.
    public func acquire() async throws(PipelineError) {
        if Task.isCancelled { throw .cancelled }
        let outcome: Result<Void, PipelineError> = await withTaskCancellationHandler {
            do throws(PipelineError) {
                return .success(try take())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            wakeUp.signal()
        }
        try outcome.get()
    }

    private func take() throws(PipelineError) {
        let connection = try Connection.open(settings, wakeUp: wakeUp, clock: clock)
        _ = try connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED", while: "taking the lock")
        let taken = try connection.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))",
            ["pattern-sync " + name],
            while: "taking the lock"
        )
        guard taken.text(0, 0) == "t" else {
            throw PipelineError(
                .busy,
                "another run of the sync '\(name)' holds its lock in the database",
                remedy: "wait for it to end, or find it in pg_stat_activity by application_name pattern-sync"
            )
        }
        var timeouts = ["idle_in_transaction_session_timeout"]
        if connection.serverVersion >= 170_000 { timeouts.append("transaction_timeout") }
        // These come last: a query's snapshot lives until the next statement, and SET has none.
        for timeout in timeouts {
            _ = try connection.execute("SET LOCAL \(timeout) = 0", while: "taking the lock")
        }
        self.connection = consume connection
    }

    /// Gives the lock back; harmless when it is not held. When it returns, the next run can have it.
    public func release() async {
        wakeUp.reset()
        // The server notices the end of a connection some time after it: too late for a run that follows at once. Where
        // this fails, the connection is broken, and the lock goes with it.
        if connection != nil { try? Transaction.end(connection!) }
        connection = nil
    }
}
