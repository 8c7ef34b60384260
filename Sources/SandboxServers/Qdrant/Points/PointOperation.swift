/// A change to a collection's points.
enum PointOperation: Sendable {
    case upsert(UpsertBatch)
    case delete(PointSelection)
    /// Merged into the payload, or into the object at `key` in it.
    case setPayload(JSONObject, key: String?, PointSelection)
    case overwritePayload(JSONObject, PointSelection)
    case deletePayload(keys: [String], PointSelection)
    case clearPayload(PointSelection)

    /// Reads the body of one change.
    /// - Parameter kind: its name in `/points/batch`.
    init(_ kind: String, _ cursor: inout JSONCursor) throws {
        if kind == "upsert" {
            self = .upsert(try UpsertBatch(&cursor))
            return
        }
        let body = try cursor.value()
        switch kind {
        case "delete", "delete_points": self = .delete(try PointSelection(body))
        case "set_payload":
            self = .setPayload(try Self.payload(of: body), key: body["key"]?.string, try PointSelection(body))
        case "overwrite_payload": self = .overwritePayload(try Self.payload(of: body), try PointSelection(body))
        case "delete_payload":
            guard let keys = body["keys"]?.array else { throw QdrantFailure.format("missing field `keys`") }
            self = .deletePayload(keys: keys.compactMap(\.string), try PointSelection(body))
        case "clear_payload": self = .clearPayload(try PointSelection(body))
        default: throw QdrantFailure.unsupported("the operation `\(kind)`")
        }
    }

    /// Reads the body of `/points/batch`.
    static func list(_ cursor: inout JSONCursor) throws -> [PointOperation] {
        var operations: [PointOperation] = []
        try cursor.object { cursor, key in
            guard key == "operations" else { return try cursor.skipValue() }
            try cursor.array { cursor in
                try cursor.object { cursor, kind in operations.append(try PointOperation(kind, &cursor)) }
            }
        }
        return operations
    }

    private static func payload(of body: JSONValue) throws(QdrantFailure) -> JSONObject {
        guard let payload = body["payload"]?.object else { throw .format("missing field `payload`") }
        return payload
    }
}

/// Which points a change is for.
enum PointSelection: Sendable {
    case ids([PointID])
    case filter(Filter)

    init(_ json: JSONValue) throws(QdrantFailure) {
        if let points = json["points"]?.array {
            var ids: [PointID] = []
            for point in points { ids.append(try PointID(point)) }
            self = .ids(ids)
        } else if let filter = json["filter"], filter != .null {
            self = .filter(try Filter(filter))
        } else {
            throw .format("data did not match any variant of untagged enum PointsSelector")
        }
    }
}
