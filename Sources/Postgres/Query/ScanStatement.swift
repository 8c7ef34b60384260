/// The statements that read a query's rows.
///
/// PostgreSQL repeats an expression as often as it is named, unless it cannot pull up the sub-select that names it
/// once: `OFFSET 0` forbids that and does nothing else. So text and payload are evaluated and printed once a row.
struct ScanStatement: Sendable {
    /// The columns that all kinds of content begin with.
    enum Column: Int {
        case key, flaw, textHash, payloadHash
    }

    /// The columns that follow in whole rows.
    enum RowColumn: Int {
        case text = 4
        case payload
    }

    /// The columns that follow in digests.
    enum DigestColumn: Int {
        /// What text and payload weigh together.
        case byteCount = 4
    }

    let query: String
    let key: KeyType

    /// Rows in the order of their keys: those with a key at or after the parameter `$1`, or all of them. Starting at the
    /// last key that was read, not after it, shows an equal neighbour.
    func scan(_ content: Content, fromKey: Bool) -> String {
        select(content, where: fromKey ? "q.id >= $1::\(key.rawValue)" : "q.id IS NOT NULL", isOrdered: true)
    }

    /// The rows whose keys are in the array `$1`, in any order.
    var lookup: String {
        select(.rows, where: isLookedUp, isOrdered: false)
    }

    /// The row whose key is the parameter `$1`.
    func single(_ content: Content) -> String {
        select(content, where: "q.id = $1::\(key.rawValue)", isOrdered: false)
    }

    /// Nothing but the first `count` keys, at or after the parameter `$1` or of all.
    func keys(fromKey: Bool, count: Int) -> String {
        let condition = fromKey ? "q.id >= $1::\(key.rawValue)" : "q.id IS NOT NULL"
        return "SELECT q.id::text FROM (\n\(query)\n) AS q WHERE \(condition) ORDER BY q.id LIMIT \(count)"
    }

    /// The keys in the array `$1` that have a row.
    var existence: String {
        "SELECT q.id::text FROM (\n\(query)\n) AS q WHERE \(isLookedUp)"
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

    private var isLookedUp: String { "q.id = ANY($1::\(key.rawValue)[])" }

    /// The hashes are those of the bytes that are sent (`textsend`), which unlike a conversion cannot fail.
    ///
    /// Each level names the order, so that the planner knows of it in the next one and sorts nothing.
    private func select(_ content: Content, where condition: String, isOrdered: Bool) -> String {
        func order(_ alias: String) -> String { isOrdered ? "ORDER BY \(alias).id" : "" }
        let rest =
            switch content {
            case .rows: "p.text, p.printed"
            case .digests: "octet_length(textsend(p.text)) + octet_length(textsend(p.printed))"
            }
        return """
            SELECT p.id::text,
                   \(RowFlaw.expression(text: "p.text", payload: "p.payload")),
                   encode(sha256(textsend(p.text)), 'hex'),
                   encode(sha256(textsend(p.printed)), 'hex'),
                   \(rest)
            FROM (
            SELECT v.id, v.text, v.payload, v.payload::text AS printed
            FROM (
            SELECT q.id, q.text::text AS text, q.payload::jsonb AS payload
            FROM (
            \(query)
            ) AS q
            WHERE \(condition) \(order("q")) OFFSET 0
            ) AS v
            \(order("v")) OFFSET 0
            ) AS p
            \(order("p"))
            """
    }
}
