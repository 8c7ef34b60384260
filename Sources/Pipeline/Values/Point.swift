/// An embedding, as the JSON array of numbers that the server printed and the scan approved.
public struct Vector: Sendable {
    /// From `[` to `]`.
    public var json: Bytes

    public init(json: Bytes) {
        self.json = json
    }
}

/// A row with its embedding: what a sink stores.
public struct Point: Sendable {
    public var row: Row
    public var vector: Vector
    /// Whether the text had to be cut to fit the model's context before it was embedded.
    public var isTruncated: Bool

    public init(row: Row, vector: Vector, isTruncated: Bool = false) {
        self.row = row
        self.vector = vector
        self.isTruncated = isTruncated
    }
}
