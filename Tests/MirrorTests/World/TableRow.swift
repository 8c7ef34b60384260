import Crypto
import Foundation

/// A row of the table, as PostgreSQL tells it.
struct TableRow {
    let key: String
    /// Of the row's point.
    let id: String
    let text: String
    let payload: [String: Any]
    let textHash: String
    let payloadHash: String
    /// Whether a point can be made of it.
    let isSyncable: Bool
}

/// What the keys of the table are.
enum TableKey: String, CaseIterable {
    case uuid, bigint, text

    /// The id of the point of a row with this key.
    func id(of key: String, source: String) -> String {
        guard self == .text else { return key }
        let namespace: [UInt8] = [
            0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
        ]
        let name = namespace + Array("pattern-sync:\(source):\(key)".utf8)
        var bytes = Array(Insecure.SHA1.hash(data: name).prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x50
        bytes[8] = bytes[8] & 0x3f | 0x80
        let digits = bytes.map { String(format: "%02x", $0) }.joined()
        var uuid = ""
        for (place, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(place) { uuid += "-" }
            uuid.append(digit)
        }
        return uuid
    }

    /// The key with this number: the same number is the same key.
    func key(_ number: Int) -> String {
        switch self {
        case .uuid: String(format: "00000000-0000-4000-8000-%012x", number * 0x9e37_79b9)
        case .bigint: number == 0 ? "9223372036854775807" : String(number - 1)
        case .text: number < Self.oddTexts.count ? Self.oddTexts[number] : "key \(number)"
        }
    }

    /// The id of a point that no row has.
    func strangeID(_ number: Int) -> String {
        switch self {
        case .uuid, .text: String(format: "ffffffff-0000-4000-8000-%012x", number)
        case .bigint: String(1_000_000 + number)
        }
    }

    private static let oddTexts = ["", "é", "e\u{301}", "a\"b\\c'", "日本", " ", "{x,y}", "NULL", "A", "a"]
}

extension String {
    /// SHA-256 of the text in UTF-8, in hexadecimal digits.
    var sha256: String { SHA256.hash(data: Data(utf8)).map { String(format: "%02x", $0) }.joined() }
}
