internal import CurlHTTP
internal import FoundationEssentials
public import Pipeline
internal import WireJSON

/// A pattern that is near to a question.
public struct PatternMatch: Sendable, Equatable {
    /// The point's id: a UUID, or a number.
    public var id: String
    /// Cosine, 1 for the same direction.
    public var score: Double
    /// From the payload's `pattern_name`; like the others below, empty where the payload has none.
    public var name: String
    public var language: String
    /// From the payload's `file_path`.
    public var path: String
    public var code: String
}

/// Looks for the points nearest to a vector.
public struct PatternSearch: Sendable {
    private let client: QdrantClient

    public init(client: QdrantClient) {
        self.client = client
    }

    /// The vectors that the sync of this name keeps in the collection; nil where nothing is known about them.
    public func identity(source: String) async throws(PipelineError) -> VectorIdentity? {
        guard let body = try await client.sendIfPresent(.get) else {
            throw PipelineError(
                .setup,
                "there is no collection \(client.collection)",
                remedy: "run 'pattern-sync sync' first, or name another in QDRANT_COLLECTION"
            )
        }
        return try client.result(CollectionState.self, of: body).stamp(of: source)?.embedder.identity
    }

    /// The `limit` nearest points, nearest first.
    ///
    /// - Parameter language: only those of this language.
    public func nearest(to vector: Vector, limit: Int, language: String?) async throws(PipelineError) -> [PatternMatch]
    {
        var body: [UInt8] = []
        body.append(json: "{\"query\":")
        body.append(contentsOf: vector.json)
        body.append(contentsOf: ",\"limit\":\(limit)".utf8)
        body.append(json: ",")
        body.append(json: Self.rescoring)
        body.append(json: ",\"with_payload\":[\"pattern_name\",\"language\",\"file_path\",\"code\"]")
        if let language {
            body.append(json: ",\"filter\":{\"must\":[{\"key\":\"language\",\"match\":{\"value\":")
            body.append(jsonString: language)
            body.append(json: "}}]}")
        }
        body.append(json: "}")
        let answer = try await client.send(.post, "/points/query", body)
        return try client.result(Found.self, of: answer).points.map { point in
            PatternMatch(
                id: point.id.text,
                score: point.score,
                name: point.payload?.name ?? "",
                language: point.payload?.language ?? "",
                path: point.payload?.path ?? "",
                code: point.payload?.code ?? ""
            )
        }
    }

    /// Where vectors are quantized, those found are ordered by the vectors themselves: not every kind of quantization has
    /// Qdrant do so unasked.
    static let rescoring: StaticString = "\"params\":{\"quantization\":{\"rescore\":true}}"

    private struct Found: Decodable {
        let points: [FoundPattern]
    }

    private struct FoundPattern: Decodable {
        let id: PointID
        let score: Double
        let payload: Payload?
    }

    private struct Payload: Decodable {
        let name: String?
        let language: String?
        let path: String?
        let code: String?

        enum CodingKeys: String, CodingKey {
            case name = "pattern_name"
            case language
            case path = "file_path"
            case code
        }
    }
}
