internal import Pipeline

/// Checks a query against the database before any row is read.
struct SourceInspector {
    let query: SourceQuery

    /// The query's SQL for this database, and what is known of it.
    func inspect(_ connection: borrowing Connection) throws(PipelineError) -> SourceInspection {
        guard connection.serverVersion >= 120_000 else {
            throw PipelineError(
                .setup,
                "PostgreSQL \(connection.parameter("server_version") ?? "of unknown version") is too old",
                remedy: "use PostgreSQL 12 or newer"
            )
        }
        try Transaction.begin(connection, inIndexOrder: true)
        let sql = try sql(connection)
        let statement = ScanStatement(query: sql, key: query.key)
        try checkShape(statement, connection)
        let action = "planning the query"
        let probe = QueryPlan.probe(query.key)
        let explained = try connection.execute(
            "EXPLAIN (FORMAT JSON) \(statement.rows(fromKey: true))",
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
            sql: sql,
            rows: rows,
            rowsAreEstimated: isEstimated,
            isInIndexOrder: isInIndexOrder
        )
    }

    private func sql(_ connection: borrowing Connection) throws(PipelineError) -> String {
        switch query.definition {
        case .sql(let sql):
            // A statement's closing semicolon would end it in the midst of ours.
            return StatementText.trimmed(sql)
        case .codePatterns:
            let table = CodePatternsQuery.table
            let columns = try connection.execute(
                """
                SELECT to_regclass($1) IS NOT NULL,
                       EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass($1)
                               AND attname = 'file_path' AND NOT attisdropped)
                """,
                [table],
                while: "looking for the table \(table)"
            )
            guard columns.text(0, 0) == "t" else {
                throw PipelineError(
                    .setup,
                    "there is no table \(table) in the database's search_path",
                    remedy: "check DATABASE_URL and this user's search_path, or name another query with --config"
                )
            }
            return CodePatternsQuery.sql(hasFilePath: columns.text(0, 1) == "t")
        }
    }

    private func checkShape(_ statement: ScanStatement, _ connection: borrowing Connection) throws(PipelineError) {
        let shape = try connection.execute(statement.shape, while: "checking the query")
        var columns: [String] = []
        for column in 0..<shape.columnCount { columns.append(shape.columnName(column)) }
        let missing = ["id", "text", "payload"].filter { !columns.contains($0) }
        guard missing.isEmpty else {
            throw PipelineError(
                .setup,
                "the query yields no column \(missing.joined(separator: ", no ")) (it yields \(columns.joined(separator: ", ")))",
                remedy: "name the columns id, text and payload (jsonb)"
            )
        }
        let idType = shape.columnType(columns.firstIndex(of: "id")!)
        guard query.key.types.contains(idType) else {
            let named = try connection.execute(
                "SELECT format_type($1::oid, NULL)",
                [String(idType)],
                while: "asking for the type of the query's id"
            )
            throw PipelineError(
                .setup,
                "the query's id is of type \(named.text(0, 0) ?? "?"), not \(query.key.rawValue)",
                remedy: "set 'key' to the id's type (uuid, bigint or text), or cast the id to \(query.key.rawValue)"
            )
        }
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
            // Cut off by the time limit; anything else would fail again right here.
            guard error.isRetryable else { throw error }
            _ = try connection.execute("ROLLBACK TO SAVEPOINT counting", while: "counting rows")
            let plan = try connection.execute(
                "EXPLAIN (FORMAT JSON) \(statement.rows(fromKey: false))",
                while: "estimating rows"
            )
            return (QueryPlan(json: plan.text(0, 0) ?? "")?.expectedRows ?? 0, true)
        }
    }
}

extension KeyType {
    /// The OIDs of the types that have the order and the text of this one.
    fileprivate var types: [UInt32] {
        switch self {
        case .uuid: [2950]
        // int8, int2, int4
        case .bigint: [20, 21, 23]
        // text, char(n), varchar
        case .text: [25, 1042, 1043]
        }
    }
}
