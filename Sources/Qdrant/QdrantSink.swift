/// Stores points in a Qdrant collection, changes and deletes them, and tells which there are.
public struct QdrantSink: Sendable {
    let client: QdrantClient
    /// The sync's name.
    let source: String
    let embedder: String
    let keyKind: PointKeyKind
    let dimension: Int?
    let bodyLimit: Int
    let timestamp: @Sendable () -> String

    /// - Parameters:
    ///   - source: the sync's name, which each point bears.
    ///   - embedder: the fingerprint of its vectors.
    ///   - keyKind: what kind of keys the rows have.
    ///   - dimension: the number of components of a stored vector that can be used; nil takes any number.
    ///   - bodyLimit: bytes a request; Qdrant takes 32 MiB unless it is told otherwise.
    ///   - timestamp: the present time in ISO 8601, UTC.
    public init(
        client: QdrantClient,
        source: String,
        embedder: String,
        keyKind: PointKeyKind,
        dimension: Int? = nil,
        bodyLimit: Int = 24 << 20,
        timestamp: @escaping @Sendable () -> String
    ) {
        self.client = client
        self.source = source
        self.embedder = embedder
        self.keyKind = keyKind
        self.dimension = dimension
        self.bodyLimit = bodyLimit
        self.timestamp = timestamp
    }
}
