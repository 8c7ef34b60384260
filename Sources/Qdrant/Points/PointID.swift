internal import Crypto
internal import Pipeline

/// The id of a row's point: Qdrant takes UUIDs and unsigned integers.
struct PointID: Hashable, Sendable, Decodable {
    /// As JSON: a string with its quotes, or a number.
    let json: String

    /// Without quotes.
    var text: String { json.filter { $0 != "\"" } }

    /// As an answer holds it.
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(UInt64.self) {
            json = String(number)
        } else {
            json = "\"\(try container.decode(String.self))\""
        }
    }

    /// A UUID or an integer is its own id. A text becomes the UUIDv5 of `pattern-sync:SOURCE:KEY` in the namespace of URLs.
    ///
    /// - Parameter source: the sync's name, so that equal keys of different syncs stay apart.
    init(_ key: RowKey, source: String) {
        switch key {
        case .uuid(let value): json = "\"\(value)\""
        case .integer(let value): json = String(value)
        case .text(let value): json = "\"\(Self.uuid5("pattern-sync:\(source):\(value)"))\""
        }
    }

    /// Appends the id of `key` as JSON; a UUID costs no text of its own.
    static func append(_ key: RowKey, source: String, to body: inout [UInt8]) {
        if case .uuid(let value) = key {
            body.append(UInt8(ascii: "\""))
            body.append(contentsOf: value.utf8)
            body.append(UInt8(ascii: "\""))
        } else {
            body.append(contentsOf: PointID(key, source: source).json.utf8)
        }
    }

    /// As RFC 9562, section 5.5 has it.
    private static func uuid5(_ name: String) -> String {
        let urlNamespace: [UInt8] = [
            0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
        ]
        var bytes = Array(Insecure.SHA1.hash(data: urlNamespace + Array(name.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x50
        bytes[8] = bytes[8] & 0x3f | 0x80
        var text = Hexadecimal.digits(of: bytes)
        for place in [20, 16, 12, 8] { text.insert(UInt8(ascii: "-"), at: place) }
        return String(decoding: text, as: UTF8.self)
    }
}
