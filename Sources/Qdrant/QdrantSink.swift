internal import CurlHTTP
internal import FoundationEssentials
public import Pipeline
internal import WireJSON

/// Stores points in a Qdrant collection.
public struct QdrantSink: VectorSink {
    private let client: QdrantClient
    private let source: String
    private let embedder: String
    private let bodyLimit: Int
    private let timestamp: @Sendable () -> String

    /// - Parameters:
    ///   - source: the sync's name, which each point bears.
    ///   - embedder: the fingerprint of its vectors.
    ///   - bodyLimit: bytes a request; Qdrant takes 32 MiB unless it is told otherwise.
    ///   - timestamp: the present time in ISO 8601, UTC.
    public init(
        client: QdrantClient,
        source: String,
        embedder: String,
        bodyLimit: Int = 24 << 20,
        timestamp: @escaping @Sendable () -> String
    ) {
        self.client = client
        self.source = source
        self.embedder = embedder
        self.bodyLimit = bodyLimit
        self.timestamp = timestamp
    }

    @concurrent
    public func upsert(_ points: [Point]) async throws(PipelineError) -> Int {
        struct Update: Decodable { let status: String }
        let bodies = UpsertBody(source: source, embedder: embedder, timestamp: timestamp())
            .bodies(for: points, limit: bodyLimit)
        for body in bodies {
            let answer = try await client.send(.put, "/points?wait=true", body, isUpsert: true)
            // Anything else was only taken note of: it is not yet stored.
            let status = try client.result(Update.self, of: answer).status
            guard status == "completed" else {
                throw PipelineError(
                    .server(retryAfter: nil),
                    "Qdrant: the upsert ended as '\(status)', not 'completed'"
                )
            }
        }
        return bodies.count
    }

    @concurrent
    public func existing(_ keys: [RowKey]) async throws(PipelineError) -> Set<RowKey> {
        var byID: [PointID: RowKey] = [:]
        var body: [UInt8] = []
        body.append(json: "{\"with_payload\":false,\"with_vector\":false,\"ids\":[")
        for key in keys {
            let id = PointID(key, source: source)
            if !byID.isEmpty { body.append(json: ",") }
            body.append(contentsOf: id.json.utf8)
            byID[id] = key
        }
        body.append(json: "]}")
        let found = try client.result([FoundPoint].self, of: try await client.send(.post, "/points", body))
        return Set(found.compactMap { byID[$0.id] })
    }

    private struct FoundPoint: Decodable {
        let id: PointID
    }
}
