internal import Pipeline
internal import WireJSON

/// The body of an upsert, built by splicing: payload and vector go in as the bytes they came in.
struct UpsertBody {
    let payload: PointPayload

    /// The bodies for `points`, in order, with at most `limit` bytes each where that can be.
    func bodies(for points: [Point], limit: Int) -> [RequestBodies.Body] {
        var bodies = RequestBodies(
            opening: "{\"points\":[",
            closing: "]}",
            limit: limit,
            estimatedSize: points.reduce(64) {
                $0 + PointPayload.estimatedSize($1.row) + $1.vector.json.count + 64
            }
        )
        for point in points { bodies.append { append(point, to: &$0) } }
        return bodies.finish()
    }

    private func append(_ point: Point, to entry: inout [UInt8]) {
        entry.append(json: "{\"id\":")
        entry.append(contentsOf: PointID(point.row.key, source: payload.source).json.utf8)
        entry.append(json: ",\"vector\":")
        entry.append(contentsOf: point.vector.json)
        entry.append(json: ",\"payload\":")
        payload.append(point.row, isTruncated: point.isTruncated, to: &entry)
        entry.append(json: "}")
    }
}
