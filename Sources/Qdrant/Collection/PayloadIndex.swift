internal import WireJSON

/// A payload field that points are filtered by.
public struct PayloadIndex: Sendable, Equatable {
    /// The schema of an index, as Qdrant names it.
    public enum Kind: String, Sendable {
        case keyword, integer, float, bool, geo, datetime, text, uuid
    }

    public var name: String
    public var kind: Kind

    public init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// Tells whose a point is; every collection has it.
    static let source = PayloadIndex("_sync.source", .keyword)

    /// The body of the request that makes it.
    var creation: [UInt8] {
        var body: [UInt8] = []
        body.append(json: "{\"field_name\":")
        body.append(jsonString: name)
        body.append(json: ",\"field_schema\":")
        body.append(jsonString: kind.rawValue)
        body.append(json: "}")
        return body
    }
}
