internal import WireJSON

/// Cuts a list into the bodies of requests: as few as can be with at most `limit` bytes each. An entry that is larger
/// by itself gets one of its own.
struct RequestBodies {
    struct Body {
        var bytes: [UInt8]
        var entryCount: Int
    }

    private let opening: StaticString
    private let closing: StaticString
    private let limit: Int
    private var finished: [Body] = []
    private var body: Body

    /// - Parameters:
    ///   - opening: what stands before a list.
    ///   - closing: what stands after it.
    ///   - estimatedSize: about as many bytes as all entries have.
    init(opening: StaticString, closing: StaticString, limit: Int, estimatedSize: Int) {
        self.opening = opening
        self.closing = closing
        self.limit = limit
        body = Body(bytes: [], entryCount: 0)
        body.bytes.reserveCapacity(min(estimatedSize, limit))
    }

    mutating func append(_ entry: [UInt8]) {
        if body.entryCount > 0, body.bytes.count + 1 + entry.count + closing.utf8CodeUnitCount > limit { close() }
        body.bytes.append(json: body.entryCount == 0 ? opening : ",")
        body.bytes.append(contentsOf: entry)
        body.entryCount += 1
    }

    /// All bodies, in the order of their entries.
    consuming func finish() -> [Body] {
        if body.entryCount > 0 { close() }
        return finished
    }

    private mutating func close() {
        body.bytes.append(json: closing)
        finished.append(body)
        body = Body(bytes: [], entryCount: 0)
    }
}
