/// Reading stored payloads, which were checked when they came in.
enum PayloadText {
    static func object(_ payload: [UInt8]) -> JSONObject {
        (try? JSONValue(parsing: payload))?.object ?? JSONObject()
    }

    /// Calls `body` with each member's key and the text of its value.
    static func forEachMember(of payload: [UInt8], _ body: (String, UnsafeBufferPointer<UInt8>) -> Void) {
        try? JSONCursor.read(payload) { cursor in
            try cursor.object { cursor, key in body(key, try cursor.rawValue()) }
        }
    }
}

/// A place in a payload: keys with dots between them, such as `_sync.source`; `tags[]` is each element of an array.
struct PayloadPath: Sendable, Equatable {
    private let keys: [String]

    init(_ text: String) {
        keys = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }

    func value(in object: JSONObject) -> JSONValue? {
        keys.dropFirst().reduce(keys.first.flatMap { object[$0] }) { $0?[$1] }
    }

    /// Makes the objects on the way that are missing.
    func set(_ value: JSONValue, in object: inout JSONObject) {
        Self.set(value, at: keys[...], in: &object)
    }

    func remove(from object: inout JSONObject) {
        Self.set(nil, at: keys[...], in: &object)
    }

    private static func set(_ value: JSONValue?, at keys: ArraySlice<String>, in object: inout JSONObject) {
        guard let key = keys.first else { return }
        guard keys.count > 1 else {
            object[key] = value
            return
        }
        if value == nil, object[key]?.object == nil { return }
        var inner = object[key]?.object ?? JSONObject()
        set(value, at: keys.dropFirst(), in: &inner)
        object[key] = .object(inner)
    }

    /// All values at this place in a payload's text, without building the rest of it.
    func values(in payload: [UInt8]) -> [JSONValue] {
        var found: [JSONValue] = []
        guard !payload.isEmpty else { return found }
        try? JSONCursor.read(payload) { cursor in try Self.collect(keys[...], at: &cursor, into: &found) }
        return found
    }

    private static func collect(
        _ keys: ArraySlice<String>,
        at cursor: inout JSONCursor,
        into found: inout [JSONValue]
    ) throws {
        guard let key = keys.first else {
            found.append(try cursor.value())
            return
        }
        guard try cursor.peek() == UInt8(ascii: "{") else { return try cursor.skipValue() }
        let isEach = key.hasSuffix("[]")
        let name = isEach ? String(key.dropLast(2)) : key
        try cursor.object { cursor, member in
            guard member == name else { return try cursor.skipValue() }
            if isEach, try cursor.peek() == UInt8(ascii: "[") {
                try cursor.array { cursor in try collect(keys.dropFirst(), at: &cursor, into: &found) }
            } else {
                try collect(keys.dropFirst(), at: &cursor, into: &found)
            }
        }
    }
}
