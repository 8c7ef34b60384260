internal import Pipeline

/// Finds the statements for a query in one database, and checks that they yield what is needed.
struct StatementBuilder {
    let query: SourceQuery

    /// Call it in a transaction.
    func statement(_ connection: borrowing Connection) throws(PipelineError) -> ScanStatement {
        guard connection.serverVersion >= 120_000 else {
            throw PipelineError(
                .setup,
                "PostgreSQL \(connection.parameter("server_version") ?? "of unknown version") is too old",
                remedy: "use PostgreSQL 12 or newer"
            )
        }
        let statement = ScanStatement(query: try sql(connection), key: query.key)
        try checkShape(statement, connection)
        return statement
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
