/// A point's identity: an unsigned number of 64 bits, or a UUID. Numbers sort before UUIDs.
struct PointID: Hashable, Comparable, Sendable {
    let isUUID: Bool
    let high: UInt64
    let low: UInt64

    init(isUUID: Bool, high: UInt64, low: UInt64) {
        self.isUUID = isUUID
        self.high = high
        self.low = low
    }

    init(_ number: UInt64) {
        self.init(isUUID: false, high: 0, low: number)
    }

    /// Hyphenated, simple, braced or URN form, in any case.
    init?(uuid text: String) {
        var text = Substring(text)
        if text.hasPrefix("urn:uuid:") {
            text = text.dropFirst("urn:uuid:".count)
        } else if text.hasPrefix("{"), text.hasSuffix("}") {
            text = text.dropFirst().dropLast()
        }
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        let isHyphenated = text.utf8.count == 36
        guard isHyphenated || text.utf8.count == 32 else { return nil }
        for (position, byte) in text.utf8.enumerated() {
            if isHyphenated, [8, 13, 18, 23].contains(position) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            if digits < 16 {
                halves.0 = halves.0 << 4 | UInt64(digit)
            } else {
                halves.1 = halves.1 << 4 | UInt64(digit)
            }
            digits += 1
        }
        self.init(isUUID: true, high: halves.0, low: halves.1)
    }

    init(_ json: JSONValue) throws(QdrantFailure) {
        if let number = json.unsigned {
            self.init(number)
        } else if let text = json.string, let id = PointID(uuid: text) {
            self = id
        } else {
            let shown = json.string ?? String(decoding: json.bytes, as: UTF8.self)
            throw .format(Self.refusal(of: shown))
        }
    }

    static func refusal(of text: String) -> String {
        "value \(text) is not a valid point ID, valid values are either an unsigned integer or a UUID"
    }

    static func < (left: PointID, right: PointID) -> Bool {
        if left.isUUID != right.isUUID { return right.isUUID }
        return (left.high, left.low) < (right.high, right.low)
    }
}

extension JSONCursor {
    mutating func pointID() throws -> PointID {
        if try peek() == UInt8(ascii: "\"") {
            let text = try string()
            guard let id = PointID(uuid: text) else { throw error(PointID.refusal(of: text)) }
            return id
        }
        let start = position
        guard let number = try? unsigned() else {
            position = start
            let raw = try rawValue()
            throw error(PointID.refusal(of: String(decoding: raw, as: UTF8.self)))
        }
        return PointID(number)
    }
}

extension JSONWriter {
    mutating func pointID(_ id: PointID) {
        guard id.isUUID else { return integer(id.low) }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = [UInt8(ascii: "\"")]
        for index in 0..<32 {
            if [8, 12, 16, 20].contains(index) { text.append(UInt8(ascii: "-")) }
            let half = index < 16 ? id.high : id.low
            text.append(digits[Int(half >> UInt64(60 - 4 * (index % 16)) & 15)])
        }
        text.append(UInt8(ascii: "\""))
        raw(text)
    }
}
