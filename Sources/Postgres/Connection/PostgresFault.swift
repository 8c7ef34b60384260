internal import Pipeline

/// Turns what PostgreSQL says into whose fault it is.
enum PostgresFault {
    /// - Parameters:
    ///   - state: the SQLSTATE; nil when the connection broke before the server could say one.
    ///   - action: what was being done, to follow "while".
    static func error(_ state: String?, _ message: String, while action: String) -> PipelineError {
        let text = "PostgreSQL: \(message) (while \(action)\(state.map { ", SQLSTATE \($0)" } ?? ""))"
        guard let state else { return PipelineError(.server(retryAfter: nil), text) }
        if isTransient(state) { return PipelineError(.server(retryAfter: nil), text) }
        return PipelineError(isOfData(state) ? .row(.unreadable) : .setup, text, remedy: remedy(state))
    }

    /// Whether an expression failed for what is in a row: a data exception, a sub-select with several rows, a value beyond
    /// the server's limits.
    private static func isOfData(_ state: String) -> Bool {
        state.hasPrefix("22") || state.hasPrefix("21") || state.hasPrefix("54")
    }

    /// What `statement` returns, which evaluates nothing of a row: a failure is the query's own.
    static func ofQuery<Result: ~Copyable>(
        _ statement: () throws(PipelineError) -> Result
    ) throws(PipelineError) -> Result {
        do throws(PipelineError) {
            return try statement()
        } catch {
            guard error.rowFault != nil else { throw error }
            throw PipelineError(.setup, error.message, remedy: error.remedy)
        }
    }

    /// Classes of PostgreSQL's manual, appendix A.
    private static func isTransient(_ state: String) -> Bool {
        switch state {
        // Shut-down, crash and start-up of the server; a statement or an idle transaction that was cut off; a standby's
        // conflict with recovery.
        case "57P01", "57P02", "57P03", "57P05", "57014", "25P03", "25P04", "40001", "40P01", "55P03": true
        // A violation of the protocol, as by a parameter in the query that nobody gives a value.
        case "08P01": false
        // Connection exceptions, insufficient resources, system errors.
        default: state.hasPrefix("08") || state.hasPrefix("53") || state.hasPrefix("58")
        }
    }

    private static func remedy(_ state: String) -> String? {
        switch state {
        case "28P01", "28000": "check user, password and pg_hba.conf"
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
