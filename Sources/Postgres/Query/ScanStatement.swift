/// The statement that reads a query's rows in the order of their keys.
struct ScanStatement: Sendable {
    /// The columns it yields, in this order.
    enum Column: Int, CaseIterable {
        case key, text, payload, textHash, payloadHash, flaw
    }

    /// What the database itself can tell to be wrong with a row.
    enum Flaw: String {
        /// The payload is no JSON object.
        case shape
        /// The payload has a member that is written beside it.
        case reserved
    }

    /// Members of a point's payload that do not come from the query's payload.
    static let reservedMembers = ["text", "sync_timestamp", "_sync"]

    let query: String
    let key: KeyType

    /// Rows with a key at or after the parameter `$1`, or all of them. Starting at the last key that was read, not
    /// after it, shows an equal neighbour.
    ///
    /// The hashes are those of the bytes that are sent (`textsend`), which unlike a conversion cannot fail.
    func rows(fromKey: Bool) -> String {
        let reserved = Self.reservedMembers.map { "'\($0)'" }.joined(separator: ",")
        return """
            SELECT q.id::text, q.text::text, q.payload::jsonb::text,
                   encode(sha256(textsend(q.text::text)), 'hex'),
                   encode(sha256(textsend(q.payload::jsonb::text)), 'hex'),
                   CASE WHEN jsonb_typeof(q.payload::jsonb) <> 'object' THEN '\(Flaw.shape.rawValue)'
                        WHEN q.payload::jsonb ?| ARRAY[\(reserved)] THEN '\(Flaw.reserved.rawValue)' END
            FROM (
            \(query)
            ) AS q
            WHERE \(fromKey ? "q.id >= $1::\(key.rawValue)" : "q.id IS NOT NULL")
            ORDER BY q.id
            """
    }

    /// The number of rows that have no key.
    var keylessCount: String {
        "SELECT count(*) FROM (\n\(query)\n) AS q WHERE q.id IS NULL"
    }

    /// The number of rows.
    var count: String {
        "SELECT count(*) FROM (\n\(query)\n) AS q"
    }

    /// The query's columns, without its rows.
    var shape: String {
        "SELECT * FROM (\n\(query)\n) AS q LIMIT 0"
    }
}
