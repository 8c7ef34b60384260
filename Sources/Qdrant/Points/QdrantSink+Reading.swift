internal import CurlHTTP
public import Pipeline
internal import WireJSON

extension QdrantSink: PointReader {
    /// Whole payloads and vectors are large: they are asked for a part at a time.
    private static let largePointsPerRequest = 250

    @concurrent
    public func points(
        of keys: [RowKey],
        _ detail: PointDetail
    ) async throws(PipelineError) -> [RowKey: StoredPoint] {
        var stored: [RowKey: StoredPoint] = [:]
        stored.reserveCapacity(keys.count)
        var unmarked: [RowKey] = []
        let selection: StaticString = detail == .payloads ? "true" : "[\"_sync\"]"
        for part in parts(of: keys, size: detail == .marks ? keys.count : Self.largePointsPerRequest) {
            let found = try await retrieve(part, payload: selection, withVectors: detail == .vectors)
            for point in found.points {
                guard let key = found.keys[point.id] else { continue }
                let point = storedPoint(point, of: key, detail)
                if point.mark == .none, detail != .payloads { unmarked.append(key) }
                stored[key] = point
            }
        }
        // Who wrote them left no hashes, so the texts themselves are asked for.
        for part in parts(of: unmarked, size: Self.largePointsPerRequest) {
            let found = try await retrieve(part, payload: "[\"text\"]", withVectors: false)
            for point in found.points {
                guard let key = found.keys[point.id] else { continue }
                stored[key]?.textHash = point.hashOfText()
            }
        }
        return stored
    }

    public func agrees(_ point: StoredPoint, with row: Row) -> Bool {
        guard let payload = point.payload else { return false }
        var expected: [UInt8] = []
        PointPayload(source: source, embedder: embedder, timestamp: "").append(row, isTruncated: false, to: &expected)
        return JSONEquality.areEqual(payload, expected[...], ignoring: ["sync_timestamp", "_sync"])
    }

    @concurrent
    public func count() async throws(PipelineError) -> Int {
        try await client.count(PointOwnership(source: source).own)
    }

    @concurrent
    public func ownPoints(from page: Position?, limit: Int) async throws(PipelineError) -> PointPage {
        var body: [UInt8] = []
        body.append(json: "{\"with_payload\":[\"_sync.source\",\"_sync.key\"],\"with_vector\":false,\"limit\":")
        body.append(contentsOf: String(limit).utf8)
        body.append(json: ",\"filter\":")
        body.append(contentsOf: PointOwnership(source: source).own)
        if let page {
            body.append(json: ",\"offset\":")
            body.append(contentsOf: page.token.utf8)
        }
        body.append(json: "}")
        let found = try PointAnswer.page(in: try await client.send(.post, "/points/scroll", body))
        var references: [PointReference] = []
        // The filter also lets through a list of names with ours among them, which is nothing that we write.
        for point in found.points where point.sync?.source?.elementsEqual(source.utf8) == true {
            let key = keyKind.key(id: point.id, keptKey: point.sync?.key, source: source)
            references.append(PointReference(id: point.id, key: key))
        }
        return PointPage(points: references, next: found.next.map { Position($0) })
    }

    /// Asks for the points of these keys, which stand beside them by the points' ids; for half of them at a time where the
    /// answer would be larger than is taken.
    ///
    /// - Parameter payload: the part of the payloads to bring along, as Qdrant wants it put.
    private func retrieve(
        _ keys: ArraySlice<RowKey>,
        payload: StaticString,
        withVectors: Bool
    ) async throws(PipelineError) -> (points: [FoundPoint], keys: [String: RowKey]) {
        var byID: [String: RowKey] = [:]
        byID.reserveCapacity(keys.count)
        var body: [UInt8] = []
        body.append(json: "{\"with_payload\":")
        body.append(json: payload)
        body.append(json: withVectors ? ",\"with_vector\":true,\"ids\":[" : ",\"with_vector\":false,\"ids\":[")
        for key in keys {
            let id = PointID(key, source: source).json
            if !byID.isEmpty { body.append(json: ",") }
            body.append(contentsOf: id.utf8)
            byID[id] = key
        }
        body.append(json: "]}")
        if let answer = try await client.sendUnlessTooLarge(.post, "/points", body) {
            return (try PointAnswer.points(in: answer, dimension: dimension), byID)
        }
        guard keys.count > 1 else {
            throw PipelineError(
                .setup,
                "Qdrant: the point of the row with the key \(keys.first.map(\.description) ?? "") is too large to be read",
                remedy: "delete the point, and make the row smaller"
            )
        }
        let middle = keys.startIndex + keys.count / 2
        let lower = try await retrieve(keys[..<middle], payload: payload, withVectors: withVectors)
        let upper = try await retrieve(keys[middle...], payload: payload, withVectors: withVectors)
        return (lower.points + upper.points, byID)
    }

    private func storedPoint(_ point: FoundPoint, of key: RowKey, _ detail: PointDetail) -> StoredPoint {
        var stored = StoredPoint(mark: .none, textHash: nil, payloadHash: nil)
        if detail == .payloads { stored.payload = point.payload }
        stored.vector = point.vector.map { Vector(json: $0) }
        if let sync = point.sync, let mark = sync.mark(of: key, source: source, embedder: embedder) {
            stored.mark = mark
            stored.textHash = sync.textHash
            stored.payloadHash = sync.payloadHash
            stored.isTruncated = sync.isTruncated
        } else if detail == .payloads {
            stored.textHash = point.hashOfText()
        }
        return stored
    }

    private func parts(of keys: [RowKey], size: Int) -> [ArraySlice<RowKey>] {
        guard !keys.isEmpty else { return [] }
        return stride(from: 0, to: keys.count, by: size).map { keys[$0..<min($0 + size, keys.count)] }
    }
}
