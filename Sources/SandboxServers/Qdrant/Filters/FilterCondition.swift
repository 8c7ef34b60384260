/// One condition of a filter.
indirect enum FilterCondition: Sendable {
    case field(PayloadPath, FieldTest)
    /// The field is missing, null or an empty list.
    case isEmpty(PayloadPath)
    case isNull(PayloadPath)
    case hasID(Set<PointID>)
    case filter(Filter)

    init(_ json: JSONValue) throws(QdrantFailure) {
        if let key = json["is_empty"]?["key"]?.string {
            self = .isEmpty(PayloadPath(key))
        } else if let key = json["is_null"]?["key"]?.string {
            self = .isNull(PayloadPath(key))
        } else if let list = json["has_id"]?.array {
            var ids: Set<PointID> = []
            for id in list { ids.insert(try PointID(id)) }
            self = .hasID(ids)
        } else if let key = json["key"]?.string {
            self = .field(PayloadPath(key), try FieldTest(json))
        } else if json["must"] != nil || json["should"] != nil || json["must_not"] != nil {
            self = .filter(try Filter(json))
        } else if let name = json.object?.members.first?.key, ["nested", "has_vector"].contains(name) {
            throw .unsupported("the condition `\(name)`")
        } else {
            throw .format("data did not match any variant of untagged enum Condition")
        }
    }

    func matches(_ id: PointID, payload: [UInt8]) -> Bool {
        switch self {
        case .field(let path, let test):
            path.values(in: payload).contains { value in
                if let elements = value.array { elements.contains { test.accepts($0) } } else { test.accepts(value) }
            }
        case .isEmpty(let path): path.values(in: payload).allSatisfy { $0 == .null || $0 == .array([]) }
        case .isNull(let path): path.values(in: payload).contains(.null)
        case .hasID(let ids): ids.contains(id)
        case .filter(let filter): filter.matches(id, payload: payload)
        }
    }
}
