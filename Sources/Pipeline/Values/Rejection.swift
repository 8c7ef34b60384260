/// A row that cannot be carried over, and why. The run goes on without it, and says so.
public struct Rejection: Sendable, Equatable {
    /// The row's key as text; nil when it has none.
    public var key: String?
    /// What is wrong with it, in words for a person.
    public var reason: String
    /// How many rows it stands for: more than one only where they have no key to tell them apart.
    public var rowCount: Int

    public init(key: String?, reason: String, rowCount: Int = 1) {
        self.key = key
        self.reason = reason
        self.rowCount = rowCount
    }
}
