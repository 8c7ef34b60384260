/// What a condition asks of one value in a payload.
enum FieldTest: Sendable {
    case isOneOf(MatchSet)
    case isNoneOf(MatchSet)
    /// The text contains this, as without a full-text index.
    case contains(String)
    case isBetween(NumberRange)
    /// In microseconds since 1970.
    case isWithin(NumberRange)

    init(_ json: JSONValue) throws(QdrantFailure) {
        if let match = json["match"] {
            if let value = match["value"] {
                self = .isOneOf(try MatchSet([value]))
            } else if let values = match["any"]?.array {
                self = .isOneOf(try MatchSet(values))
            } else if let values = match["except"]?.array {
                self = .isNoneOf(try MatchSet(values))
            } else if let text = match["text"]?.string {
                self = .contains(text)
            } else {
                throw .format("data did not match any variant of untagged enum Match")
            }
        } else if let range = json["range"]?.object {
            self = try Self.range(range)
        } else {
            let others = json.object?.members.map(\.key).filter { $0 != "key" } ?? []
            throw others.isEmpty
                ? .format("At least one field condition must be specified")
                : .unsupported("the condition `\(others.joined(separator: "`, `"))`")
        }
    }

    func accepts(_ value: JSONValue) -> Bool {
        switch self {
        case .isOneOf(let set): set.contains(value)
        case .isNoneOf(let set): value != .null && !set.contains(value)
        case .contains(let text):
            value.string.map { ByteSearch.contains(Array(text.utf8), in: Array($0.utf8)) } ?? false
        case .isBetween(let range): value.double.map(range.contains) ?? false
        case .isWithin(let range):
            value.string.flatMap { Timestamp.microseconds(of: $0) }.map { range.contains(Double($0)) } ?? false
        }
    }

    private static func range(_ json: JSONObject) throws(QdrantFailure) -> FieldTest {
        var range = NumberRange()
        var isOfTimes = false
        for member in json.members where member.value != .null {
            let bound: Double
            if let number = member.value.double {
                bound = number
            } else if let time = member.value.string.flatMap({ Timestamp.microseconds(of: $0) }) {
                bound = Double(time)
                isOfTimes = true
            } else {
                throw .format("data did not match any variant of untagged enum RangeInterface")
            }
            switch member.key {
            case "gt": range.above = bound
            case "gte": range.atLeast = bound
            case "lt": range.below = bound
            case "lte": range.atMost = bound
            default: break
            }
        }
        return isOfTimes ? .isWithin(range) : .isBetween(range)
    }
}

/// Bounds of a range, each of which may be missing.
struct NumberRange: Sendable {
    var above: Double?
    var atLeast: Double?
    var below: Double?
    var atMost: Double?

    func contains(_ value: Double) -> Bool {
        above.map { value > $0 } ?? true && atLeast.map { value >= $0 } ?? true
            && below.map { value < $0 } ?? true && atMost.map { value <= $0 } ?? true
    }
}

/// Values to match: strings, whole numbers and booleans.
struct MatchSet: Sendable {
    /// As bytes: two spellings of one character are different values.
    private var strings: Set<[UInt8]> = []
    private var integers: Set<Int> = []
    private var booleans: Set<Bool> = []

    init(_ values: [JSONValue]) throws(QdrantFailure) {
        for value in values {
            if let string = value.string {
                strings.insert(Array(string.utf8))
            } else if let integer = value.int {
                integers.insert(integer)
            } else if let bool = value.bool {
                booleans.insert(bool)
            } else {
                throw .format("data did not match any variant of untagged enum Match")
            }
        }
    }

    func contains(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let string): strings.contains(Array(string.utf8))
        case .number: value.int.map { integers.contains($0) } ?? false
        case .bool(let bool): booleans.contains(bool)
        default: false
        }
    }
}
