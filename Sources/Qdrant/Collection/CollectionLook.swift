public import Pipeline

/// Looks at a collection without judging it, and writes nothing.
public struct CollectionLook: Sendable {
    private let client: QdrantClient
    private let source: String
    private let version: QdrantVersion

    /// - Parameters:
    ///   - client: aimed at the collection itself.
    ///   - source: the sync's name.
    ///   - version: what the client's server said.
    public init(client: QdrantClient, source: String, version: QdrantVersion) {
        self.client = client
        self.source = source
        self.version = version
    }

    /// The vectors that the sync keeps there; nil where nothing is known about them.
    public func identity() async throws(PipelineError) -> VectorIdentity? {
        guard version.keepsMetadata else { return nil }
        return try await client.state()?.stamp(of: source)?.embedder.identity
    }

    /// How vectors are kept there; nil when there is no collection, or not one unnamed vector.
    public func storage() async throws(PipelineError) -> FoundStorage? {
        try await client.state()?.storage
    }

    /// All there is to know; nil when there is no collection.
    public func findings() async throws(PipelineError) -> CollectionFindings? {
        guard let state = try await client.state() else { return nil }
        return CollectionFindings(
            state,
            client.collection,
            source: source,
            points: try await client.counts(PointOwnership(source: source)),
            hasMetadata: version.keepsMetadata
        )
    }
}
