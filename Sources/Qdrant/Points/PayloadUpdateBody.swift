internal import Pipeline
internal import WireJSON

/// The body of a batch that replaces payloads and leaves vectors, built by splicing.
struct PayloadUpdateBody {
    /// The sync's name.
    let source: String
    let payload: PointPayload

    /// The bodies for `updates`, in order, with at most `limit` bytes each where that can be.
    func bodies(for updates: [PayloadUpdate], limit: Int) -> [RequestBodies.Body] {
        var bodies = RequestBodies(
            opening: "{\"operations\":[",
            closing: "]}",
            limit: limit,
            estimatedSize: updates.reduce(64) { $0 + payload.estimatedSize($1.row) + 96 }
        )
        for update in updates { bodies.append { append(update, to: &$0) } }
        return bodies.finish()
    }

    private func append(_ update: PayloadUpdate, to entry: inout [UInt8]) {
        entry.append(json: "{\"overwrite_payload\":{\"payload\":")
        payload.append(update.row, isTruncated: update.isTruncated, to: &entry)
        entry.append(json: ",\"points\":[")
        PointID.append(update.row.key, source: source, to: &entry)
        entry.append(json: "]}}")
    }
}
