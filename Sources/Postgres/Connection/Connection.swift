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
        // `dbname` may hold a whole connection string; what is not said there comes from libpq's variables and files.
        // What stands before it are defaults: a network that swallows packets is noticed within a minute or so.
        let options = [
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "60000"), ("dbname", settings.connectionInfo),
            ("fallback_application_name", "pattern-sync"), ("client_encoding", "UTF8"),
        ]
        let keywords = options.map(\.0)
        let values = options.map(\.1)
        let handle = withCStrings(keywords) { keywords in
            withCStrings(values) { values in PQconnectStartParams(keywords, values, 1) }
        }
        guard let handle else { throw PipelineError(.setup, "PostgreSQL: out of memory while connecting") }
        let connection = Connection(handle: handle, settings: settings, wakeUp: wakeUp)
        // Notices may quote data, and would go to standard error as they are.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        // So that a refusal comes with its SQLSTATE, which has no field of its own while connecting.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        try connection.finishConnecting(before: clock.now + settings.connectTimeout, clock)
        PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
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

    private func finishConnecting(before deadline: Duration, _ clock: RunClock) throws(PipelineError) {
        var state = PGRES_POLLING_WRITING
        while PQstatus(handle) != CONNECTION_BAD {
            let left = deadline - clock.now
            guard left > .zero else {
                throw PipelineError(
                    .server(retryAfter: nil),
                    "PostgreSQL: no answer for \(settings.connectTimeout.components.seconds) s (while connecting)",
                    remedy: "check host and port in DATABASE_URL, and that the server is up"
                )
            }
            let events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT
            guard try wait(for: events, at: PQsocket(handle), atMost: left) else { continue }
            state = PQconnectPoll(handle)
            if state == PGRES_POLLING_OK { return }
            if state == PGRES_POLLING_FAILED { break }
        }
        throw refusal()
    }

    /// Why the server could not be connected to.
    private func refusal() -> PipelineError {
        if PQconnectionNeedsPassword(handle) == 1 {
            return PipelineError(
                .setup,
                "PostgreSQL: the server asks for a password",
                remedy: "give one in DATABASE_URL or PGPASSWORD"
            )
        }
        let message = String(cString: PQerrorMessage(handle))
        // Verbose messages read "SEVERITY:  SQLSTATE: text", then a line that tells the place in the server's source.
        let lines = message.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }
        let text = lines.joined(separator: "; ")
        let state = text.firstMatch(of: #/:  ([0-9A-Z]{5}): /#).map { String($0.1) }
        let plain = state.map { text.replacing("  \($0): ", with: " ") } ?? text
        var error = PostgresFault.error(state, settings.redacted(plain), while: "connecting")
        // No row is read yet.
        if error.rowFault != nil { error.kind = .setup }
        if error.remedy == nil { error.remedy = "check host and port in DATABASE_URL, and that the server is up" }
        return error
    }

    // MARK: - Statements

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
            _ = try wait(for: POLLIN | POLLOUT, at: PQsocket(handle), atMost: nil)
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
            _ = try wait(for: POLLIN, at: PQsocket(handle), atMost: nil)
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

    // MARK: - Waiting

    /// Waits until the socket is ready; false when `timeout` is over first.
    private borrowing func wait(
        for events: Int32,
        at socket: Int32,
        atMost timeout: Duration?
    ) throws(PipelineError) -> Bool {
        var descriptors = [
            pollfd(fd: socket, events: Int16(events), revents: 0),
            pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let milliseconds = timeout.map { Int32(clamping: Int(($0 / .milliseconds(1)).rounded(.up))) } ?? -1
        let ready = poll(&descriptors, 2, milliseconds)
        if ready < 0, errno != EINTR {
            throw PipelineError(.server(retryAfter: nil), "PostgreSQL: poll failed with errno \(errno)")
        }
        if ready > 0, descriptors[1].revents != 0 {
            cancelStatement()
            throw .cancelled
        }
        return ready > 0
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

/// Calls `body` with a C array of the strings, ended by NULL.
private func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies.map { UnsafePointer($0) } + [nil])
}
