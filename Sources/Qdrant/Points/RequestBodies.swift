internal import WireJSON

/// Cuts a list into the bodies of requests: as few as can be with at most `limit` bytes each. An entry that is larger
/// by itself gets one of its own.
///
/// It cannot be copied: with a copy beside it, a body of many megabytes would be copied at its next change.
struct RequestBodies: ~Copyable {
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
        body.bytes.reserveCapacity(estimatedSize)
    }

    /// Appends an entry.
    ///
    /// - Parameter write: appends the entry's bytes to what it is given. Large ones are so written only once, unless a body
    ///   turns out to be full.
    mutating func append(_ write: (inout [UInt8]) -> Void) {
        let end = body.bytes.count
        body.bytes.append(json: body.entryCount == 0 ? opening : ",")
        let start = body.bytes.count
        write(&body.bytes)
        if body.entryCount > 0, body.bytes.count + closing.utf8CodeUnitCount > limit {
            let entry = Array(body.bytes[start...])
            body.bytes.removeSubrange(end...)
            close()
            body.bytes.reserveCapacity(opening.utf8CodeUnitCount + entry.count + closing.utf8CodeUnitCount)
            body.bytes.append(json: opening)
            body.bytes.append(contentsOf: entry)
        }
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
