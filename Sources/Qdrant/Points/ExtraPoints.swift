internal import CurlHTTP
public import Pipeline
internal import WireJSON

/// The points of a collection that do not bear this sync's name, as they are: unmarked ones, which bear nobody's, and
/// foreign ones, which bear another sync's.
public struct ExtraPoints: Sendable {
    private let client: QdrantClient
    private let source: String
    private let keyKind: PointKeyKind

    /// Qdrant takes requests of 32 MiB unless it is told otherwise.
    private static let bodyLimit = 24 << 20

    /// Such a point.
    public struct Element: Sendable {
        /// As JSON.
        public var id: String
        /// The key of the row whose place it has; nil when no row can have it.
        public var key: RowKey?
        /// Id, vector and payload as one JSON object, as the server printed them.
        let json: Bytes
    }

    /// At most as many as were asked for.
    public struct Page: Sendable {
        public var points: [Element]
        /// Where the next page begins; nil at the end.
        public var next: Position?
    }

    /// - Parameter source: the sync's name.
    public init(client: QdrantClient, source: String, keyKind: PointKeyKind) {
        self.client = client
        self.source = source
        self.keyKind = keyKind
    }

    /// The points behind `position`, at most so many; fewer where they are large.
    public func page(from position: Position?, limit: Int) async throws(PipelineError) -> Page {
        let own = PointOwnership(source: source).own
        var body: [UInt8] = []
        body.append(json: "{\"with_vector\":true,\"with_payload\":true,\"limit\":")
        body.append(contentsOf: "\(limit),\"filter\":{\"must_not\":[".utf8)
        body.append(contentsOf: own)
        body.append(json: "]}")
        if let position { body.append(contentsOf: ",\"offset\":\(position.token)".utf8) }
        body.append(json: "}")
        guard let answer = try await client.sendUnlessTooLarge(.post, "/points/scroll", body) else {
            guard limit > 1 else {
                throw PipelineError(
                    .setup,
                    "Qdrant: a point of others in \(client.collection) is too large to be read",
                    remedy: "delete the point, or leave the points of others behind with --foreign drop"
                )
            }
            return try await page(from: position, limit: limit / 2)
        }
        let found = try PointAnswer.page(in: answer)
        let points = found.points.map { point in
            Element(
                id: point.id,
                key: keyKind.key(id: point.id, keptKey: nil, source: source),
                json: point.json
            )
        }
        return Page(points: points, next: found.next.map { Position($0) })
    }

    /// Stores the points in another collection of the same server, but for those in whose place it has points of this
    /// sync: where keys are texts, a point does not tell whether it is in the place of a row's.
    public func copy(_ points: [Element], to target: QdrantClient) async throws(PipelineError) {
        let taken = try await own(points, in: target)
        let points = points.filter { !taken.contains($0.id) }
        guard !points.isEmpty else { return }
        var bodies = RequestBodies(
            opening: "{\"points\":[",
            closing: "]}",
            limit: Self.bodyLimit,
            estimatedSize: points.reduce(64) { $0 + $1.json.count + 1 }
        )
        for point in points { bodies.append { $0.append(contentsOf: point.json) } }
        for body in bodies.finish() { _ = try await target.send(.put, "/points?wait=true", body.bytes) }
    }

    /// The ids of the points in whose place a collection has points of this sync.
    private func own(_ points: [Element], in target: QdrantClient) async throws(PipelineError) -> Set<String> {
        guard !points.isEmpty else { return [] }
        var body: [UInt8] = []
        body.append(json: "{\"with_vector\":false,\"with_payload\":[\"_sync.source\"],\"ids\":[")
        body.append(contentsOf: points.map(\.id).joined(separator: ",").utf8)
        body.append(json: "]}")
        let found = try PointAnswer.points(in: try await target.send(.post, "/points", body), dimension: nil)
        return Set(found.filter { $0.sync?.source?.elementsEqual(source.utf8) == true }.map(\.id))
    }
}
