internal import CurlHTTP
internal import FoundationEssentials
public import Pipeline
internal import WireJSON

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
        let points = try await count()
        guard hasMetadata else { return .present(.impossible, points: points) }
        for stamp in stamps(in: state).values where stamp.embedder.fingerprint != identity.fingerprint {
            throw PipelineError(
                .setup,
                "the collection \(client.collection) was filled with \(Self.difference(stamp.embedder, identity))",
                remedy: "go back to that model and those options, or name another collection in QDRANT_COLLECTION"
            )
        }
        let generation = stamps(in: state)[CollectionStamp.key(source)]?.generation
        return .present(.generation(generation), points: points)
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

    /// Of all syncs that fill the collection.
    private func stamps(in state: CollectionState) -> [String: CollectionStamp] {
        (state.config.metadata ?? [:]).filter { $0.key.hasPrefix(CollectionStamp.key("")) }.compactMapValues(\.value)
    }

    private func stamp(_ generation: String?) async throws(PipelineError) {
        let previous = try await state().flatMap { stamps(in: $0)[CollectionStamp.key(source)] }?.generation
        let stamp = CollectionStamp(
            generation: generation ?? previous,
            embedder: .init(
                fingerprint: identity.fingerprint,
                model: identity.model,
                digest: identity.digest,
                dimension: identity.dimension,
                prefix: identity.prefix,
                queryPrefix: identity.queryPrefix
            )
        )
        // Metadata is merged member by member: those of other syncs stay.
        guard let body = try? JSONEncoder().encode(["metadata": [CollectionStamp.key(source): stamp]]) else {
            throw PipelineError(.setup, "the collection's stamp cannot be written as JSON")
        }
        _ = try await client.send(.patch, "", Array(body))
    }

    /// For instance "m (digest d1, prefix ''), which does not mix with m (digest d2, prefix '')".
    private static func difference(_ was: CollectionStamp.Embedder, _ now: VectorIdentity) -> String {
        if was.model == now.model, was.digest == now.digest, was.prefix == now.prefix {
            return "\(was.model) under another --overlong or context length, which cuts texts in other places"
        }
        return "\(describe(was.model, was.digest, was.prefix)), which does not mix with "
            + describe(now.model, now.digest, now.prefix)
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
