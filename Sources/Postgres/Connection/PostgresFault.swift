internal import Pipeline

/// Turns what PostgreSQL says into whose fault it is.
enum PostgresFault {
    /// - Parameters:
    ///   - state: the SQLSTATE; nil when the connection broke before the server could say one.
    ///   - action: what was being done, to follow "while".
    static func error(_ state: String?, _ message: String, while action: String) -> PipelineError {
        let text = "PostgreSQL: \(message) (while \(action)\(state.map { ", SQLSTATE \($0)" } ?? ""))"
        guard let state else {
            if let remedy = CertificateFault.remedy(message) { return PipelineError(.setup, text, remedy: remedy) }
            return PipelineError(.server(retryAfter: nil), text)
        }
        if isTransient(state) || isOfPooler(state, message) {
            return PipelineError(.server(retryAfter: nil), text, remedy: remedy(state, message))
        }
        return PipelineError(isOfData(state) ? .row(.unreadable) : .setup, text, remedy: remedy(state, message))
    }

    /// What `statement` returns, which evaluates nothing of a row: a failure is the query's own.
    static func ofQuery<Result: ~Copyable>(
        _ statement: () throws(PipelineError) -> Result
    ) throws(PipelineError) -> Result {
        do throws(PipelineError) {
            return try statement()
        } catch {
            guard error.rowFault != nil else { throw error }
            throw PipelineError(
                .setup,
                error.message,
                remedy: error.remedy
                    ?? "mend the query's id or its conditions: they fail before single rows are told apart"
            )
        }
    }

    /// Classes of PostgreSQL's manual, appendix A.
    private static func isTransient(_ state: String) -> Bool {
        switch state {
        // Shut-down, crash and start-up of the server; a statement or an idle transaction that was cut off.
        case "57P01", "57P02", "57P03", "57P05", "57014", "25P03", "25P04": true
        // A standby's conflict with recovery, a deadlock, a lock that is held, a snapshot that became too old.
        case "40001", "40003", "40P01", "55006", "55P03", "72000": true
        // A violation of the protocol, as by a parameter in the query that nobody gives a value.
        case "08P01": false
        // Connection exceptions; insufficient resources, as a full disk, too little memory or too many connections; system
        // errors.
        default: state.hasPrefix("08") || state.hasPrefix("53") || state.hasPrefix("58")
        }
    }

    /// PgBouncer tells of servers that are away under the state of a violated protocol, in words that no language setting
    /// changes.
    private static func isOfPooler(_ state: String, _ message: String) -> Bool {
        state == "08P01"
            && ["pgbouncer", "server conn crashed", "query_wait_timeout", "server login", "no more connections"]
                .contains { message.contains($0) }
    }

    /// Whether an expression failed for what is in a row: a data exception, a sub-select with several rows, a value beyond
    /// the server's limits, an error that a function of the query's own raises.
    private static func isOfData(_ state: String) -> Bool {
        ["21", "22", "54", "P0"].contains { state.hasPrefix($0) }
    }

    private static func remedy(_ state: String, _ message: String) -> String? {
        switch state {
        case "53100": "make room on the server's disk"
        case "53200": "give the server more memory, or lower its work_mem"
        case "53300": "end other connections, or raise max_connections"
        case "28000": CertificateFault.remedy(message) ?? "check user, password and pg_hba.conf"
        case "28P01": "check user, password and pg_hba.conf"
        case "3D000": "create the database, or name another in DATABASE_URL"
        case "42501": "grant SELECT on the table to this user"
        case "42P01": "create the table, or set search_path for this user"
        case "42702": "name each column of the query once"
        case "42703": "check the columns that the query names"
        case "42883": "check the types of what the query compares and calls"
        case "42601": "check the query's syntax"
        case "22P02": "check that the query's payload is jsonb and its id of the type that 'key' names"
        default: nil
        }
    }
}
