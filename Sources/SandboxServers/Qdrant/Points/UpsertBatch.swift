/// The points of one upsert, read in one pass; vectors in one buffer, payloads as the bytes they came in.
struct UpsertBatch: Sendable {
    private(set) var ids: [PointID] = []
    private(set) var vectors: [Float] = []
    /// Where each point's vector ends in `vectors`.
    private(set) var vectorEnds: [Int] = []
    private(set) var payloads: [[UInt8]] = []
    /// The name of a point's vector where it has one; points of an unnamed vector have "".
    private(set) var vectorNames: [String] = []

    var count: Int { ids.count }

    func vectorRange(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : vectorEnds[index - 1])..<vectorEnds[index]
    }

    /// Reads `{"points": [...]}` or `{"batch": {...}}`.
    init(_ cursor: inout JSONCursor) throws {
        var isFilled = false
        try cursor.object { cursor, key in
            switch key {
            case "points" where !isFilled:
                isFilled = true
                try cursor.array { cursor in try readPoint(&cursor) }
            case "batch" where !isFilled:
                isFilled = true
                try readColumns(&cursor)
            default: try cursor.skipValue()
            }
        }
        guard isFilled else {
            throw cursor.error("data did not match any variant of untagged enum PointInsertOperations")
        }
    }

    private mutating func readPoint(_ cursor: inout JSONCursor) throws {
        var id: PointID?
        var hasVector = false
        var payload: [UInt8] = []
        try cursor.object { cursor, key in
            switch key {
            case "id": id = try cursor.pointID()
            case "vector" where !hasVector:
                hasVector = true
                try readVector(&cursor)
            case "payload": payload = try Self.readPayload(&cursor)
            default: try cursor.skipValue()
            }
        }
        guard let id else { throw cursor.error("missing field `id`") }
        guard hasVector else { throw cursor.error("missing field `vector`") }
        ids.append(id)
        payloads.append(payload)
    }

    private mutating func readVector(_ cursor: inout JSONCursor) throws {
        var name = ""
        if try cursor.peek() == UInt8(ascii: "{") {
            try cursor.object { cursor, key in
                name = key
                if key.isEmpty { try cursor.floats(into: &vectors) } else { try cursor.skipValue() }
            }
        } else {
            try cursor.floats(into: &vectors)
        }
        vectorNames.append(name)
        vectorEnds.append(vectors.count)
    }

    private mutating func readColumns(_ cursor: inout JSONCursor) throws {
        var hasPayloads = false
        try cursor.object { cursor, key in
            switch key {
            case "ids": try cursor.array { cursor in ids.append(try cursor.pointID()) }
            case "vectors": try cursor.array { cursor in try readVector(&cursor) }
            case "payloads":
                if try cursor.takeNull() { return }
                hasPayloads = true
                try cursor.array { cursor in payloads.append(try Self.readPayload(&cursor)) }
            default: try cursor.skipValue()
            }
        }
        if !hasPayloads { payloads = Array(repeating: [], count: ids.count) }
        guard vectorEnds.count == ids.count else {
            throw QdrantFailure.validation(
                "batch: number of ids and vectors must be equal (\(ids.count) != \(vectorEnds.count))"
            )
        }
        guard payloads.count == ids.count else {
            throw QdrantFailure.validation(
                "batch: number of ids and payloads must be equal (\(ids.count) != \(payloads.count))"
            )
        }
    }

    private static func readPayload(_ cursor: inout JSONCursor) throws -> [UInt8] {
        if try cursor.takeNull() { return [] }
        guard try cursor.peek() == UInt8(ascii: "{") else { throw cursor.error("invalid type: expected a map") }
        return Array(try cursor.rawValue())
    }
}
