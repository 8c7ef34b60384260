internal import CurlHTTP
internal import FoundationEssentials
public import Pipeline
internal import WireJSON

/// A stored point, to be compared with what its text gives today.
public struct PointSample: Sendable {
    public enum Owner: Sendable {
        /// Points that bear this sync's name, and whose text was not cut.
        case own
        /// Points that bear nobody's name.
        case unmarked
    }

    public var id: String
    /// The key of the row that it may be of; nil when none can be told.
    public var key: RowKey?
    public var text: String
    public var vector: Vector
}

extension QdrantCollection {
    /// At most so many points that have a text, from two places of the collection.
    public func sample(
        _ owner: PointSample.Owner,
        count: Int,
        keyKind: PointKeyKind
    ) async throws(PipelineError) -> [PointSample] {
        var samples: [String: PointSample] = [:]
        var offsets: [String?] = [nil]
        // UUIDs are everywhere, so that there are points behind any of them.
        if keyKind != .integer { offsets.append("\"\(UUID().uuidString.lowercased())\"") }
        for offset in offsets {
            let wanted = (count + offsets.count - 1) / offsets.count
            for sample in try await page(owner, from: offset, limit: wanted, keyKind) { samples[sample.id] = sample }
        }
        return Array(samples.values.prefix(count))
    }

    private func page(
        _ owner: PointSample.Owner,
        from offset: String?,
        limit: Int,
        _ keyKind: PointKeyKind
    ) async throws(PipelineError) -> [PointSample] {
        let ownership = PointOwnership(source: source)
        var body: [UInt8] = []
        body.append(json: "{\"with_vector\":true,\"with_payload\":[\"text\",\"_sync.truncated\"],\"limit\":")
        body.append(contentsOf: "\(limit),\"filter\":".utf8)
        body.append(contentsOf: owner == .own ? ownership.own : ownership.unmarked)
        if let offset { body.append(contentsOf: ",\"offset\":\(offset)".utf8) }
        body.append(json: "}")
        let page = try client.result(Page.self, of: try await client.send(.post, "/points/scroll", body))
        return page.points.compactMap { point in
            guard let vector = point.vector?.value, let text = point.payload?.value?.text,
                point.payload?.value?._sync?.truncated != true
            else { return nil }
            let numbers = vector.map(\.description).joined(separator: ",")
            return PointSample(
                id: point.id.text,
                key: keyKind.key(id: point.id.json, keptKey: nil, source: source),
                text: text,
                vector: Vector(json: Array("[\(numbers)]".utf8)[...])
            )
        }
    }

    private struct Page: Decodable {
        struct Point: Decodable {
            let id: PointID
            let vector: CollectionState.Lenient<[Double]>?
            let payload: CollectionState.Lenient<Payload>?
        }

        struct Payload: Decodable {
            struct Mark: Decodable { let truncated: Bool? }
            let text: String?
            let _sync: Mark?
        }

        let points: [Point]
    }
}
