/// A row whose point keeps its vector and gets a new payload.
public struct PayloadUpdate: Sendable {
    /// Whose payload the point gets.
    public var row: Row
    /// Whether the vector that stays is of a text that had to be cut.
    public var isTruncated: Bool

    public init(row: Row, isTruncated: Bool) {
        self.row = row
        self.isTruncated = isTruncated
    }
}
