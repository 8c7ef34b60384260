/// A row with its embedding: what a sink stores.
public struct Point: Sendable {
    /// Gives the point its id and its payload.
    public var row: Row
    /// Of the row's text.
    public var vector: Vector
    /// Whether the text had to be cut to fit the model's context before it was embedded.
    public var isTruncated: Bool

    public init(row: Row, vector: Vector, isTruncated: Bool = false) {
        self.row = row
        self.vector = vector
        self.isTruncated = isTruncated
    }
}
