/// How fast one stage of a sync is by itself, or all of them together.
public struct StageReport: Codable, Sendable, Equatable {
    public var name: Name
    public var rowsPerSecond: Estimate
    /// Rows, points or texts that were moved for it.
    public var rows: Int
    public var seconds: Double
    /// With which settings, or why it could not be measured, in words.
    public var note: String?

    public init(name: Name, rowsPerSecond: Estimate, rows: Int, seconds: Double, note: String? = nil) {
        self.name = name
        self.rowsPerSecond = rowsPerSecond
        self.rows = rows
        self.seconds = seconds
        self.note = note
    }

    public enum Name: String, Codable, Sendable, CaseIterable {
        /// PostgreSQL, read alone.
        case source
        /// All embedding servers together, each at its best setting.
        case embedder
        /// Qdrant, written to alone, in a collection that is removed afterwards.
        case sink
        /// A sync from the table through the servers into such a collection.
        case pipeline
    }
}
