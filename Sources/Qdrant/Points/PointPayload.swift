internal import Pipeline
internal import WireJSON

/// A point's payload, built by splicing: the row's own goes in as the bytes it came in.
struct PointPayload {
    /// What all points have between their text and its hash.
    private let stamp: [UInt8]
    /// What all points have behind the hashes.
    private let origin: [UInt8]

    /// Counts up when the way the hashes are taken changes, so that old ones are not compared with new ones.
    static let hashVersion: StaticString = "1"

    /// - Parameter timestamp: in ISO 8601, UTC.
    init(source: String, embedder: String, timestamp: String) {
        var stamp: [UInt8] = []
        stamp.append(json: ",\"sync_timestamp\":")
        stamp.append(jsonString: timestamp)
        stamp.append(json: ",\"_sync\":{\"source\":")
        stamp.append(jsonString: source)
        stamp.append(json: ",\"text_hash\":")
        self.stamp = stamp
        var origin: [UInt8] = []
        origin.append(json: ",\"hash_version\":")
        origin.append(json: Self.hashVersion)
        origin.append(json: ",\"embedder\":")
        origin.append(jsonString: embedder)
        self.origin = origin
    }

    /// Appends the row's payload with our members added before its closing brace.
    func append(_ row: Row, isTruncated: Bool, to body: inout [UInt8]) {
        let open = row.payload.trimmingClosingBrace()
        body.append(contentsOf: open)
        // Only an empty object's brace stands last.
        if open.last != UInt8(ascii: "{") { body.append(json: ",") }
        body.append(json: "\"text\":")
        body.append(jsonString: row.text)
        body.append(contentsOf: stamp)
        body.append(jsonString: row.textHash)
        body.append(json: ",\"payload_hash\":")
        body.append(jsonString: row.payloadHash)
        body.append(contentsOf: origin)
        if case .text(let key) = row.key {
            body.append(json: ",\"key\":")
            body.append(jsonString: key)
        }
        if isTruncated { body.append(json: ",\"truncated\":true") }
        body.append(json: "}}")
    }

    /// About what `append` appends for a row, in bytes.
    func estimatedSize(_ row: Row) -> Int {
        row.byteCount + row.text.count / 8 + stamp.count + origin.count + 128
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
