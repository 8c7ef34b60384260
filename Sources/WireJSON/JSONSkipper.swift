/// Walking over JSON without decoding it: only the structure is read, and only as far as needed.
///
/// Every function takes the offset of the next byte and moves it behind what it read; it throws `.malformed` where the
/// text ends too early or is no JSON there.
enum JSONSkipper {
    /// Moves over white space and answers the byte behind it.
    static func peek(_ json: Span<UInt8>, _ at: inout Int) throws(VectorFault) -> UInt8 {
        while at < json.count {
            switch json[at] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): at += 1
            default: return json[at]
            }
        }
        throw .malformed(offset: at)
    }

    /// Moves over white space and `byte`.
    static func expect(_ byte: UInt8, _ json: Span<UInt8>, _ at: inout Int) throws(VectorFault) {
        guard try peek(json, &at) == byte else { throw .malformed(offset: at) }
        at += 1
    }

    /// Moves over a separator: true at a comma, false at `end`.
    static func comma(orEnd end: UInt8, _ json: Span<UInt8>, _ at: inout Int) throws(VectorFault) -> Bool {
        let byte = try peek(json, &at)
        guard byte == UInt8(ascii: ",") || byte == end else { throw .malformed(offset: at) }
        at += 1
        return byte != end
    }

    /// Moves over a string and answers the range between its quotes, escapes as they are.
    static func string(_ json: Span<UInt8>, _ at: inout Int) throws(VectorFault) -> Range<Int> {
        try expect(UInt8(ascii: "\""), json, &at)
        let start = at
        while at < json.count {
            switch json[at] {
            case UInt8(ascii: "\""):
                at += 1
                return start..<at - 1
            case UInt8(ascii: "\\"): at += 2
            default: at += 1
            }
        }
        throw .malformed(offset: json.count)
    }

    /// Moves over any value. Brackets are counted, not matched by kind: what is skipped is not relied on.
    static func value(_ json: Span<UInt8>, _ at: inout Int) throws(VectorFault) {
        var depth = 0
        repeat {
            switch try peek(json, &at) {
            case UInt8(ascii: "\""): _ = try string(json, &at)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { throw .malformed(offset: at) }
                depth -= 1
                at += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { throw .malformed(offset: at) }
                at += 1
            default: try literal(json, &at)
            }
        } while depth > 0
    }

    /// Moves over a number, `true`, `false` or `null`.
    private static func literal(_ json: Span<UInt8>, _ at: inout Int) throws(VectorFault) {
        let start = at
        while at < json.count {
            switch json[at] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                at += 1
            default:
                guard at > start else { throw .malformed(offset: at) }
                return
            }
        }
    }

    /// Calls `member` with the range of each name of the object at `at`; it moves over the value, or answers false to
    /// have it skipped.
    static func members(
        _ json: Span<UInt8>,
        _ at: inout Int,
        _ member: (Range<Int>, inout Int) throws(VectorFault) -> Bool
    ) throws(VectorFault) {
        try expect(UInt8(ascii: "{"), json, &at)
        if try peek(json, &at) == UInt8(ascii: "}") {
            at += 1
            return
        }
        repeat {
            let name = try string(json, &at)
            try expect(UInt8(ascii: ":"), json, &at)
            if try !member(name, &at) { try value(json, &at) }
        } while try comma(orEnd: UInt8(ascii: "}"), json, &at)
    }

    /// Calls `element` at each element of the array at `at`; it moves over it.
    static func elements(
        _ json: Span<UInt8>,
        _ at: inout Int,
        _ element: (inout Int) throws(VectorFault) -> Void
    ) throws(VectorFault) {
        try expect(UInt8(ascii: "["), json, &at)
        if try peek(json, &at) == UInt8(ascii: "]") {
            at += 1
            return
        }
        repeat { try element(&at) } while try comma(orEnd: UInt8(ascii: "]"), json, &at)
    }

    static func equals(_ json: Span<UInt8>, _ range: Range<Int>, _ name: StaticString) -> Bool {
        guard range.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { name in
            for index in 0..<name.count where json[range.lowerBound + index] != name[index] { return false }
            return true
        }
    }
}
