internal import CLibPQ
internal import Dispatch
internal import Glibc
internal import Pipeline

/// A connection to PostgreSQL through libpq's non-blocking interface; owns its handle.
///
/// Its calls wait in `poll(2)`, so they belong on a `BlockingExecutor`. A signal of the `WakeUp` ends the wait: the
/// statement is cancelled at the server and the call throws `.cancelled`.
struct Connection: ~Copyable {
    private let handle: OpaquePointer
    private let settings: ConnectionSettings
    /// Ends the waiting of the calls that follow.
    var wakeUp: WakeUp

    /// Connects.
    ///
    /// - Throws: `.server` while the server is not there or not ready, `.setup` when it refuses.
    static func open(
        _ settings: ConnectionSettings,
        wakeUp: WakeUp,
        clock: RunClock
    ) throws(PipelineError) -> Connection {
        let handle = try Handshake.begin(settings)
        let connection = Connection(handle: handle, settings: settings, wakeUp: wakeUp)
        // Notices may quote data, and would go to standard error as they are.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        try Handshake(handle, settings).finish(wakeUp, clock)
        // So that a long statement is sent under our own `poll` too.
        PQsetnonblocking(handle, 1)
        return connection
    }

    private init(handle: OpaquePointer, settings: ConnectionSettings, wakeUp: WakeUp) {
        self.handle = handle
        self.settings = settings
        self.wakeUp = wakeUp
    }

    deinit {
        PQfinish(handle)
    }

    /// For instance 150018.
    var serverVersion: Int { Int(PQserverVersion(handle)) }

    /// A setting that the server reports by itself, such as `server_encoding`.
    func parameter(_ name: String) -> String? {
        PQparameterStatus(handle, name).map { String(cString: $0) }
    }

    /// Runs one statement to its end; values go as text, typed by casts in the statement.
    borrowing func execute(
        _ sql: String,
        _ parameters: [String] = [],
        while action: String
    ) throws(PipelineError) -> QueryResult {
        try send(sql, parameters, while: action)
        guard let result = try nextResult(while: action) else {
            throw PipelineError(.server(retryAfter: nil), "PostgreSQL: no result (while \(action))")
        }
        while let further = try nextResult(while: action) { _ = consume further }
        return result
    }

    /// Starts one statement whose rows `nextRow` returns one by one, as they come from the socket.
    borrowing func startRows(
        _ sql: String,
        _ parameters: [String] = [],
        while action: String
    ) throws(PipelineError) {
        try send(sql, parameters, while: action)
        guard PQsetSingleRowMode(handle) == 1 else { throw failure(while: action) }
    }

    /// The next row of the statement that `startRows` started, as a result of one row; nil at the end.
    borrowing func nextRow(while action: String) throws(PipelineError) -> QueryResult? {
        while let result = try nextResult(while: action) {
            if result.status == PGRES_SINGLE_TUPLE { return result }
        }
        return nil
    }

    private borrowing func send(_ sql: String, _ parameters: [String], while action: String) throws(PipelineError) {
        let count = Int32(parameters.count)
        let sent = withCStrings(parameters) { PQsendQueryParams(handle, sql, count, nil, $0, nil, nil, 0) }
        guard sent == 1 else { throw failure(while: action) }
        while true {
            let status = PQflush(handle)
            if status == 0 { return }
            guard status == 1 else { throw failure(while: action) }
            // The server may have to be read from before it reads on.
            try wait(for: POLLIN | POLLOUT)
            guard PQconsumeInput(handle) == 1 else { throw failure(while: action) }
        }
    }

    private borrowing func nextResult(while action: String) throws(PipelineError) -> QueryResult? {
        guard let result = try awaitResult(while: action) else { return nil }
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE:
            return result
        default:
            guard PQstatus(handle) == CONNECTION_OK || result.sqlState != nil else { throw failure(while: action) }
            finishStatement()
            throw PostgresFault.error(result.sqlState, settings.redacted(result.primaryMessage), while: action)
        }
    }

    /// Reads past the end of a statement that failed or was given up: only there does the connection take the next one.
    borrowing func finishStatement() {
        do throws(PipelineError) {
            while let further = try awaitResult(while: "") { _ = consume further }
        } catch {
            // The statement's own error says more; a broken connection will say so again.
        }
    }

    private borrowing func awaitResult(while action: String) throws(PipelineError) -> QueryResult? {
        while PQisBusy(handle) == 1 {
            try wait(for: POLLIN)
            guard PQconsumeInput(handle) == 1 else { throw failure(while: action) }
        }
        guard let pointer = PQgetResult(handle) else { return nil }
        return QueryResult(owning: pointer)
    }

    /// What libpq itself has to say: mostly that the connection broke.
    private borrowing func failure(while action: String) -> PipelineError {
        if PQstatus(handle) == CONNECTION_OK {
            let message = settings.redacted(String(cString: PQerrorMessage(handle)))
            return PipelineError(.setup, "PostgreSQL: \(message) (while \(action))")
        }
        return PostgresFault.error(nil, settings.redacted(String(cString: PQerrorMessage(handle))), while: action)
    }

    /// Waits until the socket is ready.
    private borrowing func wait(for events: Int32) throws(PipelineError) {
        do throws(PipelineError) {
            _ = try wakeUp.wait(for: events, at: PQsocket(handle), atMost: nil)
        } catch {
            if error.kind == .cancelled { cancelStatement() }
            throw error
        }
    }

    private borrowing func cancelStatement() {
        guard PQtransactionStatus(handle) == PQTRANS_ACTIVE, let cancel = PQgetCancel(handle) else { return }
        // Best effort, on a thread of its own: it connects once more and waits, however long the network takes. The
        // pointer is that thread's alone.
        nonisolated(unsafe) let request = cancel
        DispatchQueue.global().async {
            var message = [CChar](repeating: 0, count: 256)
            PQcancel(request, &message, Int32(message.count))
            PQfreeCancel(request)
        }
    }
}
