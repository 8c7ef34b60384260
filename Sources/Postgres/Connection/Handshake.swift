internal import CLibPQ
internal import Glibc
internal import Pipeline

/// The connecting of a handle that somebody else owns: from its first packet to a server that is ready, or why it is not.
struct Handshake {
    private let handle: OpaquePointer
    private let settings: ConnectionSettings

    private static let whereToLook = "check host and port in DATABASE_URL, and that the server is up"

    /// - Parameter handle: that `begin` has returned.
    init(_ handle: OpaquePointer, _ settings: ConnectionSettings) {
        self.handle = handle
        self.settings = settings
    }

    /// A handle that begins to connect; whoever gets it frees it.
    static func begin(_ settings: ConnectionSettings) throws(PipelineError) -> OpaquePointer {
        // `dbname` may hold a whole connection string; what is not said there comes from libpq's variables and files.
        // What stands before it are defaults: a network that swallows packets is noticed within a minute or so.
        let options = [
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "60000"), ("dbname", settings.connectionInfo),
            ("fallback_application_name", "pattern-sync"), ("client_encoding", "UTF8"),
        ]
        let handle = withCStrings(options.map(\.0)) { keywords in
            withCStrings(options.map(\.1)) { values in PQconnectStartParams(keywords, values, 1) }
        }
        guard let handle else { throw PipelineError(.setup, "PostgreSQL: out of memory while connecting") }
        return handle
    }

    /// Waits until the server is ready.
    ///
    /// - Throws: `.server` while the server is not there or not ready, `.setup` when it refuses.
    func finish(_ wakeUp: WakeUp, _ clock: RunClock) throws(PipelineError) {
        // So that a refusal comes with its SQLSTATE, which has no field of its own while connecting.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        let deadline = clock.now + settings.connectTimeout
        var state = PGRES_POLLING_WRITING
        while PQstatus(handle) != CONNECTION_BAD {
            let left = deadline - clock.now
            guard left > .zero else {
                throw PipelineError(
                    .server(retryAfter: nil),
                    "PostgreSQL: no answer for \(settings.connectTimeout.components.seconds) s (while connecting)",
                    remedy: Self.whereToLook
                )
            }
            let events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT
            guard try wakeUp.wait(for: events, at: PQsocket(handle), atMost: left) else { continue }
            state = PQconnectPoll(handle)
            if state == PGRES_POLLING_OK {
                PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
                return
            }
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
        if error.remedy == nil { error.remedy = Self.whereToLook }
        return error
    }
}
