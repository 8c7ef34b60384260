internal import Pipeline

/// Transactions that read one snapshot, with the settings that the bytes depend on.
enum Transaction {
    /// Begins one on `connection`.
    ///
    /// Settings are local to the transaction, so they work behind a proxy that pools transactions too.
    /// - Parameter inIndexOrder: keeps the planner from sorting the rows where an index has them in order: what is cheaper
    ///   once is dearer each time the cursor is opened again.
    static func begin(_ connection: borrowing Connection, inIndexOrder: Bool) throws(PipelineError) {
        let action = "beginning a transaction"
        _ = try connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", while: action)
        var settings = [
            ("TimeZone", "UTC"), ("DateStyle", "ISO, YMD"), ("IntervalStyle", "iso_8601"), ("bytea_output", "hex"),
            ("extra_float_digits", "1"), ("statement_timeout", "0"), ("lock_timeout", "0"),
            ("idle_in_transaction_session_timeout", "0"),
            // All rows are wanted in the end, not the first ones soon.
            ("cursor_tuple_fraction", "1"),
        ]
        if connection.serverVersion >= 170_000 { settings.append(("transaction_timeout", "0")) }
        // A database without an encoding sends bytes as they are; whether they are UTF-8 is checked row by row.
        let isUnencoded = connection.parameter("server_encoding") == "SQL_ASCII"
        settings.append(("client_encoding", isUnencoded ? "SQL_ASCII" : "UTF8"))
        if inIndexOrder { settings.append(("enable_sort", "off")) }
        let calls = settings.map { "set_config('\($0.0)', '\($0.1)', true)" }.joined(separator: ", ")
        _ = try connection.execute("SELECT \(calls)", while: action)
    }

    /// Ends it. There is nothing to keep.
    static func end(_ connection: borrowing Connection) throws(PipelineError) {
        _ = try connection.execute("ROLLBACK", while: "ending a transaction")
    }
}
