/// The built-in query.
enum CodePatternsQuery {
    static let table = "pattern_lineage_nodes"

    /// PostgreSQL builds the text and the payload, so nothing else here knows a column of the table.
    ///
    /// - Parameter hasFilePath: some deployments of the table have no such column; then it is ''.
    static func sql(hasFilePath: Bool) -> String {
        let path = hasFilePath ? "coalesce(n.file_path, '')" : "''"
        return """
            SELECT n.id,
                   concat('File: ', n.pattern_name,
                          E'\\nLanguage: ', coalesce(n.language, 'unknown'),
                          E'\\nPath: ', \(path),
                          E'\\n\\nCode:\\n', left(n.pattern_data->>'code', 500)) AS text,
                   jsonb_build_object(
                       'pattern_id', n.pattern_id,
                       'pattern_name', n.pattern_name,
                       'pattern_type', n.pattern_type,
                       'file_path', \(path),
                       'language', coalesce(n.language, 'unknown'),
                       'code', coalesce(n.pattern_data->>'code', ''),
                       'metadata', coalesce(n.metadata, '{}'::jsonb),
                       'created_at',
                       CASE WHEN n.created_at >= '0001-01-01 00:00:00+00' AND n.created_at < 'infinity'
                            THEN to_char(n.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                            -- ISO 8601 has no words for these.
                            ELSE n.created_at::text END
                   ) AS payload
            FROM \(table) AS n
            WHERE n.pattern_type = 'code'
            """
    }
}
