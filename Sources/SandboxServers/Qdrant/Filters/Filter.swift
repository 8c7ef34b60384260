/// A condition on points: all of `must`, one of `should` if there are any, none of `mustNot`.
struct Filter: Sendable {
    private let must: [FilterCondition]
    private let should: [FilterCondition]
    private let mustNot: [FilterCondition]

    init(_ json: JSONValue) throws(QdrantFailure) {
        guard let object = json.object else { throw .format("invalid type: expected struct Filter") }
        for member in object.members where !["must", "should", "must_not"].contains(member.key) {
            guard member.value == .null else { throw .unsupported("the filter clause `\(member.key)`") }
        }
        must = try Self.conditions(object["must"])
        should = try Self.conditions(object["should"])
        mustNot = try Self.conditions(object["must_not"])
    }

    /// - Parameter payload: JSON text; empty for none.
    func matches(_ id: PointID, payload: [UInt8]) -> Bool {
        must.allSatisfy { $0.matches(id, payload: payload) }
            && (should.isEmpty || should.contains { $0.matches(id, payload: payload) })
            && !mustNot.contains { $0.matches(id, payload: payload) }
    }

    /// A clause is a list of conditions or a single one.
    private static func conditions(_ json: JSONValue?) throws(QdrantFailure) -> [FilterCondition] {
        switch json {
        case nil, .null: return []
        case .array(let elements):
            var conditions: [FilterCondition] = []
            for element in elements { conditions.append(try FilterCondition(element)) }
            return conditions
        case let single?: return [try FilterCondition(single)]
        }
    }
}
