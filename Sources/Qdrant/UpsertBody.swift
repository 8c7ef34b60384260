internal import Pipeline
internal import WireJSON

/// The body of an upsert, built by splicing: payload and vector go in as the bytes they came in.
struct UpsertBody {
    let source: String
    let embedder: String
    /// ISO 8601, in UTC.
    let timestamp: String

    /// Counts up when the way the hashes are taken changes, so that old ones are not compared with new ones.
    static let hashVersion: StaticString = "1"

    /// The bodies for `points`, in order: as few as can be with at most `limit` bytes each. A point that is larger by
    /// itself gets one of its own.
    func bodies(for points: [Point], limit: Int) -> [[UInt8]] {
        var bodies: [[UInt8]] = []
        var body: [UInt8] = []
        var entry: [UInt8] = []
        body.reserveCapacity(min(points.reduce(64) { $0 + estimatedSize($1) }, limit))
        for point in points {
            entry.removeAll(keepingCapacity: true)
            append(point, to: &entry)
            if !body.isEmpty, body.count + entry.count + 3 > limit {
                body.append(json: "]}")
                bodies.append(body)
                body = []
            }
            body.append(json: body.isEmpty ? "{\"points\":[" : ",")
            body.append(contentsOf: entry)
        }
        if !body.isEmpty {
            body.append(json: "]}")
            bodies.append(body)
        }
        return bodies
    }

    private func estimatedSize(_ point: Point) -> Int {
        point.row.byteCount + point.row.text.count / 8 + point.vector.json.count + 320
    }

    private func append(_ point: Point, to body: inout [UInt8]) {
        body.append(json: "{\"id\":")
        body.append(contentsOf: PointID(point.row.key, source: source).json.utf8)
        body.append(json: ",\"vector\":")
        body.append(contentsOf: point.vector.json)
        body.append(json: ",\"payload\":")
        appendPayload(point, to: &body)
        body.append(json: "}")
    }

    /// The row's payload with our members added before its closing brace.
    private func appendPayload(_ point: Point, to body: inout [UInt8]) {
        let open = point.row.payload.trimmingClosingBrace()
        body.append(contentsOf: open)
        // `{` alone was an empty object.
        if open.count > 1 { body.append(json: ",") }
        body.append(json: "\"text\":")
        body.append(jsonString: point.row.text)
        body.append(json: ",\"sync_timestamp\":")
        body.append(jsonString: timestamp)
        body.append(json: ",\"_sync\":{\"source\":")
        body.append(jsonString: source)
        body.append(json: ",\"text_hash\":")
        body.append(jsonString: point.row.textHash)
        body.append(json: ",\"payload_hash\":")
        body.append(jsonString: point.row.payloadHash)
        body.append(json: ",\"hash_version\":")
        body.append(json: Self.hashVersion)
        body.append(json: ",\"embedder\":")
        body.append(jsonString: embedder)
        if case .text(let key) = point.row.key {
            body.append(json: ",\"key\":")
            body.append(jsonString: key)
        }
        if point.isTruncated { body.append(json: ",\"truncated\":true") }
        body.append(json: "}}")
    }
}

extension Bytes {
    /// A JSON object's bytes up to its closing brace, white space before that brace left out too.
    fileprivate func trimmingClosingBrace() -> Bytes {
        var end = endIndex
        var isPastBrace = false
        while end > startIndex {
            let byte = self[end - 1]
            if byte == UInt8(ascii: "}"), !isPastBrace {
                isPastBrace = true
            } else if byte > 0x20 {
                break
            }
            end -= 1
        }
        return self[startIndex..<end]
    }
}
