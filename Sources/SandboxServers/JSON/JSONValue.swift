/// A JSON value as a tree: for control messages, configurations and payloads, never for vectors.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// The number as it was written, so that nothing of it is lost.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    init(parsing bytes: [UInt8]) throws {
        self = try JSONCursor.read(bytes) { cursor in try cursor.value() }
    }

    static func integer(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

    subscript(key: String) -> JSONValue? {
        guard case .object(let object) = self else { return nil }
        return object[key]
    }

    var string: String? {
        if case .string(let string) = self { string } else { nil }
    }

    var bool: Bool? {
        if case .bool(let bool) = self { bool } else { nil }
    }

    var array: [JSONValue]? {
        if case .array(let array) = self { array } else { nil }
    }

    var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The whole number this is, if it is one written without fraction or exponent.
    var int: Int? {
        if case .number(let text) = self { Int(text) } else { nil }
    }

    var unsigned: UInt64? {
        if case .number(let text) = self { UInt64(text) } else { nil }
    }

    var double: Double? {
        if case .number(let text) = self { Double(text) } else { nil }
    }
}

extension JSONCursor {
    mutating func value() throws -> JSONValue {
        switch try peek() {
        case UInt8(ascii: "{"):
            var result = JSONObject()
            try object { cursor, key in result[key] = try cursor.value() }
            return .object(result)
        case UInt8(ascii: "["):
            var result: [JSONValue] = []
            try array { cursor in result.append(try cursor.value()) }
            return .array(result)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(try boolean())
        case UInt8(ascii: "n"):
            try skipValue()
            return .null
        default:
            let number = try number()
            return .number(String(decoding: text[number.range], as: UTF8.self))
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .number(String(value)) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (key, value) in elements { object[key] = value }
        self = .object(object)
    }
}
