internal import Pipeline
internal import WireJSON

/// The body of an upsert, built by splicing: payload and vector go in as the bytes they came in.
struct UpsertBody {
    /// The sync's name.
    let source: String
    let payload: PointPayload

    /// The bodies for `points`, in order, with at most `limit` bytes each where that can be.
    func bodies(for points: [Point], limit: Int) -> [RequestBodies.Body] {
        var bodies = RequestBodies(
            opening: "{\"points\":[",
            closing: "]}",
            limit: limit,
            estimatedSize: points.reduce(64) {
                $0 + payload.estimatedSize($1.row) + $1.vector.json.count + 96
            }
        )
        for point in points { bodies.append { append(point, to: &$0) } }
        return bodies.finish()
    }

    private func append(_ point: Point, to entry: inout [UInt8]) {
        entry.append(json: "{\"id\":")
        PointID.append(point.row.key, source: source, to: &entry)
        entry.append(json: ",\"vector\":")
        entry.append(contentsOf: point.vector.json)
        entry.append(json: ",\"payload\":")
        payload.append(point.row, isTruncated: point.isTruncated, to: &entry)
        entry.append(json: "}")
    }
}
