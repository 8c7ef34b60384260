/// Reading what a JSON string says.
enum JSONUnescaping {
    /// Appends what stands between a string's quotes, escapes resolved; bytes that are no escapes are copied as they are.
    ///
    /// - Throws: `.malformed` at an escape that JSON does not have, and at half a surrogate pair, which no UTF-8 can hold.
    static func append(_ json: Span<UInt8>, _ range: Range<Int>, to text: inout [UInt8]) throws(VectorFault) {
        var at = range.lowerBound
        while at < range.upperBound {
            let start = at
            while at < range.upperBound, json[at] != UInt8(ascii: "\\") { at += 1 }
            json.extracting(start..<at).withUnsafeBufferPointer { text.append(contentsOf: $0) }
            if at < range.upperBound { try escape(json.extracting(first: range.upperBound), &at, to: &text) }
        }
    }

    /// Moves over the escape whose backslash is at `at`.
    private static func escape(_ json: Span<UInt8>, _ at: inout Int, to text: inout [UInt8]) throws(VectorFault) {
        guard at + 1 < json.count else { throw .malformed(offset: at) }
        let letter = json[at + 1]
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            text.append(contentsOf: String(try scalar(json, &at)).utf8)
            return
        default: throw .malformed(offset: at)
        }
        at += 2
    }

    /// Moves over `\uXXXX`, or two of them that are a surrogate pair.
    private static func scalar(_ json: Span<UInt8>, _ at: inout Int) throws(VectorFault) -> Unicode.Scalar {
        let start = at
        var code = try codeUnit(json, &at)
        if 0xd800...0xdbff ~= code {
            let low = try codeUnit(json, &at)
            guard 0xdc00...0xdfff ~= low else { throw .malformed(offset: start) }
            code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw .malformed(offset: start) }
        return scalar
    }

    private static func codeUnit(_ json: Span<UInt8>, _ at: inout Int) throws(VectorFault) -> UInt32 {
        guard at + 6 <= json.count, json[at] == UInt8(ascii: "\\"), json[at + 1] == UInt8(ascii: "u") else {
            throw .malformed(offset: at)
        }
        var code: UInt32 = 0
        for index in at + 2..<at + 6 {
            switch json[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): code = code << 4 | UInt32(json[index] - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): code = code << 4 | UInt32(json[index] - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): code = code << 4 | UInt32(json[index] - UInt8(ascii: "A") + 10)
            default: throw .malformed(offset: at)
            }
        }
        at += 6
        return code
    }
}
