/// The type of a query's `id`.
public enum KeyType: String, Sendable, CaseIterable {
    case uuid
    case bigint
    case text
}

/// What is synced: a query that yields `id`, `text` and `payload`.
public struct SourceQuery: Sendable {
    /// The SQL as the user wrote it, or the built-in one.
    public enum Definition: Sendable, Equatable {
        /// The table of code patterns.
        case codePatterns
        case sql(String)
    }

    /// The stable name of the sync: it stands in each point as the mark of whose it is.
    public var name: String
    /// Where its SQL comes from.
    public var definition: Definition
    /// Decides in which order rows are read, and of which kind the points' ids are.
    public var key: KeyType

    public init(name: String, definition: Definition, key: KeyType) {
        self.name = name
        self.definition = definition
        self.key = key
    }

    /// The rows of `pattern_lineage_nodes` that are code.
    public static let codePatterns = SourceQuery(name: "code_patterns", definition: .codePatterns, key: .uuid)
}
