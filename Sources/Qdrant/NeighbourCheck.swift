internal import CurlHTTP
public import Pipeline
internal import WireJSON

/// Looks whether a point is found by a search as it should be: nearest to its own vector.
public struct NeighbourCheck: Sendable {
    private let client: QdrantClient
    private let source: String

    /// - Parameter source: the sync's name.
    public init(client: QdrantClient, source: String) {
        self.client = client
        self.source = source
    }

    /// Whether the point of `key` is among the nearest to `vector`. Rows of equal texts are equally near, so a point that
    /// is as near as the first one is as good.
    public func isNearest(_ key: RowKey, to vector: Vector) async throws(PipelineError) -> Bool {
        struct Found: Decodable { let points: [Point] }
        struct Point: Decodable {
            let id: PointID
            let score: Double
        }
        var body: [UInt8] = []
        body.append(json: "{\"query\":")
        body.append(contentsOf: vector.json)
        body.append(contentsOf: ",\"limit\":\(Self.asked),\"with_payload\":false,".utf8)
        body.append(json: PatternSearch.rescoring)
        body.append(json: "}")
        let points = try client.result(Found.self, of: try await client.send(.post, "/points/query", body)).points
        guard let best = points.first?.score else { return false }
        let id = PointID(key, source: source)
        if points.contains(where: { $0.id == id && best - $0.score < Self.tolerance }) { return true }
        // More equals than were asked for: whether it is one of them cannot be told this way.
        return points.count == Self.asked && best - points[Self.asked - 1].score < Self.tolerance
    }

    /// More rows have the same text in few tables.
    private static let asked = 100

    /// What rounding may make of equal scores.
    private static let tolerance = 1e-4
}
