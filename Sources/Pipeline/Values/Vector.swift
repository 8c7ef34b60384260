/// An embedding, as the JSON array of numbers that the server printed and the scan approved.
public struct Vector: Sendable, Equatable {
    /// From `[` to `]`.
    public var json: Bytes

    public init(json: Bytes) {
        self.json = json
    }
}
