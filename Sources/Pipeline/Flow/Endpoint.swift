/// An embedding server, and how many requests it may have in flight.
public struct Endpoint: Sendable {
    public var embedder: any Embedder
    public var limit: Tuning

    public init(_ embedder: any Embedder, limit: Tuning) {
        self.embedder = embedder
        self.limit = limit
    }
}
