internal import Pipeline

/// Checks a query against the database before any row is read.
struct SourceInspector {
    let query: SourceQuery

    /// The query's SQL for this database, and what is known of it.
    func inspect(_ connection: borrowing Connection) throws(PipelineError) -> SourceInspection {
        try Transaction.begin(connection, inIndexOrder: true)
        let statement = try StatementBuilder(query: query).statement(connection)
        let action = "planning the query"
        let probe = QueryPlan.probe(query.key)
        let explained = try connection.execute(
            "EXPLAIN (FORMAT JSON) \(statement.scan(.rows, fromKey: true))",
            [probe],
            while: action
        )
        let isInIndexOrder = QueryPlan(json: explained.text(0, 0) ?? "")?.startsInIndex(at: probe) ?? false
        let name = try connection.execute("SELECT current_database()", while: "asking for the database's name")
        let (rows, isEstimated) = try count(statement, connection)
        return SourceInspection(
            serverVersion: connection.parameter("server_version") ?? "",
            database: name.text(0, 0) ?? "",
            databaseIdentity: try identity(connection),
            sql: statement.query,
            rows: rows,
            rowsAreEstimated: isEstimated,
            isInIndexOrder: isInIndexOrder
        )
    }

    /// The cluster's own number and the database's name; the name alone where the number may not be asked for.
    private func identity(_ connection: borrowing Connection) throws(PipelineError) -> String {
        let action = "asking for the cluster's identity"
        let allowed = try connection.execute(
            "SELECT has_function_privilege('pg_control_system()', 'EXECUTE'), current_database()",
            while: action
        )
        let name = allowed.text(0, 1) ?? ""
        guard allowed.text(0, 0) == "t" else { return name }
        let number = try connection.execute("SELECT system_identifier FROM pg_control_system()", while: action)
        return "\(number.text(0, 0) ?? "")/\(name)"
    }

    /// Counts the rows, unless that takes longer than anyone would wait for a progress bar.
    private func count(
        _ statement: ScanStatement,
        _ connection: borrowing Connection
    ) throws(PipelineError) -> (rows: Int, isEstimated: Bool) {
        _ = try connection.execute("SAVEPOINT counting", while: "counting rows")
        _ = try connection.execute("SET LOCAL statement_timeout = '2s'", while: "counting rows")
        do throws(PipelineError) {
            let counted = try connection.execute(statement.count, while: "counting rows")
            return (counted.text(0, 0).flatMap(Int.init) ?? 0, false)
        } catch {
            // Cut off by the time limit, or by a row for which an expression fails: that is found out when it is read.
            guard error.isRetryable || error.rowFault != nil else { throw error }
            _ = try connection.execute("ROLLBACK TO SAVEPOINT counting", while: "counting rows")
            let plan = try connection.execute(
                "EXPLAIN (FORMAT JSON) \(statement.scan(.rows, fromKey: false))",
                while: "estimating rows"
            )
            return (QueryPlan(json: plan.text(0, 0) ?? "")?.expectedRows ?? 0, true)
        }
    }
}
