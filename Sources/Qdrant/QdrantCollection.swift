internal import CurlHTTP
internal import FoundationEssentials
public import Pipeline
internal import WireJSON

/// The vectors that a sync keeps in its collection.
public struct VectorIdentity: Sendable, Equatable {
    /// Vectors with different fingerprints are never mixed.
    public var fingerprint: String
    public var model: String
    public var digest: String?
    public var dimension: Int
    /// What stands before each text that is embedded.
    public var prefix: String

    public init(fingerprint: String, model: String, digest: String?, dimension: Int, prefix: String) {
        self.fingerprint = fingerprint
        self.model = model
        self.digest = digest
        self.dimension = dimension
        self.prefix = prefix
    }
}

/// The collection of a sync as a whole: made when it is missing, checked when it is there, stamped by each full run.
public struct QdrantCollection: Sendable {
    private let client: QdrantClient
    /// The sync's name.
    private let source: String
    private let identity: VectorIdentity
    private let hasMetadata: Bool

    /// - Parameter version: what the client's server said.
    public init(client: QdrantClient, source: String, identity: VectorIdentity, version: QdrantVersion) {
        self.client = client
        self.source = source
        self.identity = identity
        hasMetadata = version >= .metadata
    }

    /// Checks the collection without writing, and answers what it tells about the runs before.
    ///
    /// - Throws: `.setup` when it is there and does not fit.
    public func inspect() async throws(PipelineError) -> TargetEvidence {
        guard let state = try await state() else { return .missing }
        try state.check(dimension: identity.dimension, client.collection)
        guard hasMetadata else { return .counted(try await count()) }
        guard let stamp = stamp(in: state) else { return .stamped(nil) }
        guard stamp.embedder.fingerprint == identity.fingerprint else {
            let was = stamp.embedder
            throw PipelineError(
                .setup,
                "the collection \(client.collection) was filled with \(Self.describe(was.model, was.digest, was.prefix)), "
                    + "which does not mix with \(Self.describe(identity.model, identity.digest, identity.prefix))",
                remedy: "go back to that model and those options, or name another collection in QDRANT_COLLECTION"
            )
        }
        return .stamped(stamp.generation)
    }

    /// Makes the collection and its indexes where they are missing, and stamps it.
    ///
    /// - Parameter generation: of a full run; nil leaves that stamp as it is.
    public func prepare(generation: String?) async throws(PipelineError) {
        if try await state() == nil {
            _ = try await client.send(.put, "", Self.creation(dimension: identity.dimension))
        }
        let existing = try await state()?.schema ?? [:]
        for (field, kind) in Self.indexes where existing[field] == nil {
            var body: [UInt8] = []
            body.append(json: "{\"field_name\":")
            body.append(jsonString: field)
            body.append(json: ",\"field_schema\":")
            body.append(jsonString: kind)
            body.append(json: "}")
            _ = try await client.send(.put, "/index?wait=true", body)
        }
        if hasMetadata { try await stamp(generation) }
    }

    /// How many points of this sync it holds, exactly.
    public func count() async throws(PipelineError) -> Int {
        struct Count: Decodable { let count: Int }
        var body: [UInt8] = []
        body.append(json: "{\"exact\":true,\"filter\":{\"must\":[{\"key\":\"_sync.source\",\"match\":{\"value\":")
        body.append(jsonString: source)
        body.append(json: "}}]}}")
        return try client.result(Count.self, of: try await client.send(.post, "/points/count", body)).count
    }

    private func state() async throws(PipelineError) -> CollectionState? {
        guard let body = try await client.sendIfPresent(.get) else { return nil }
        return try client.result(CollectionState.self, of: body)
    }

    private func stamp(in state: CollectionState) -> CollectionStamp? {
        state.config.metadata?[CollectionStamp.key(source)]?.value
    }

    private func stamp(_ generation: String?) async throws(PipelineError) {
        let previous = try await state().flatMap(stamp(in:))?.generation
        let stamp = CollectionStamp(
            generation: generation ?? previous,
            embedder: .init(
                fingerprint: identity.fingerprint,
                model: identity.model,
                digest: identity.digest,
                dimension: identity.dimension,
                prefix: identity.prefix
            )
        )
        // Metadata is merged member by member: those of other syncs stay.
        guard let body = try? JSONEncoder().encode(["metadata": [CollectionStamp.key(source): stamp]]) else { return }
        _ = try await client.send(.patch, "", Array(body))
    }

    private static func describe(_ model: String, _ digest: String?, _ prefix: String) -> String {
        "\(model) (digest \(digest?.prefix(12) ?? "unknown"), prefix '\(prefix)')"
    }

    /// Payload fields that are searched by; made before the points, so that the graph is built with them.
    private static let indexes = [
        ("language", "keyword"), ("pattern_name", "keyword"), ("pattern_type", "keyword"), ("_sync.source", "keyword"),
        ("created_at", "datetime"),
    ]

    private static func creation(dimension: Int) -> [UInt8] {
        Array(
            """
            {"vectors":{"size":\(dimension),"distance":"Cosine"},"hnsw_config":{"m":16,"ef_construct":100}}
            """.utf8
        )
    }
}
