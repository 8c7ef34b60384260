/// One of the collections of which the configured name is, was or will be the alias.
public struct Generation: Sendable, Equatable {
    /// Counts up.
    public let number: Int
    /// `NAME__gN`, with the configured name and `number`.
    public let name: CollectionName
    /// Whether it is what the configured name stands for.
    public let isLive: Bool
    /// Whether it is not complete yet. Before Qdrant 1.16 all that are newer than the live one count as such.
    public let isBuilding: Bool
    /// Whether it bears the stamp of this sync. Before Qdrant 1.16 there are none, and its name has to do.
    public let isOurs: Bool
    /// All points, counted exactly.
    public let points: Int
    /// The model of its vectors; nil where it is not known.
    public let model: String?
    /// When it was complete, in ISO 8601, UTC; nil where it is not known.
    public let builtAt: String?
}

extension [Generation] {
    /// The one to go back to: the newest that is complete and was made before the live one; where none is live, the newest.
    public var rollbackTarget: Generation? {
        let complete = filter { $0.isOurs && !$0.isLive && !$0.isBuilding }
        let live = first(where: \.isLive)?.number ?? .max
        return complete.last { $0.number < live }
    }
}
