/// Checks a number by JSON's grammar and tells whether a 32-bit float can hold it, without computing its value.
enum NumberScan {
    enum Verdict {
        case zero
        case nonzero
        /// Too large, or no number at all: `null`, `NaN`, `Infinity`.
        case notFinite
    }

    /// Decimal exponents outside of this are beyond a 32-bit float (largest 3.4e38, smallest 1.4e-45).
    private static let largestExponent = 38
    private static let smallestExponent = -46

    /// Moves over the number at `at`.
    static func number(_ json: Span<UInt8>, _ at: inout Int) throws(VectorFault) -> Verdict {
        let start = at
        if at < json.count, json[at] == UInt8(ascii: "-") { at += 1 }
        guard at < json.count else { throw .malformed(offset: at) }
        guard isDigit(json[at]) else { return try notANumber(json, at) }

        let whole = at
        var digits: UInt8 = 0
        while at < json.count, isDigit(json[at]) {
            digits |= json[at] ^ UInt8(ascii: "0")
            at += 1
        }
        let wholeCount = at - whole
        if wholeCount > 1, json[whole] == UInt8(ascii: "0") { throw .malformed(offset: whole) }
        let wholeIsZero = digits == 0

        var leadingZeros = 0
        if at < json.count, json[at] == UInt8(ascii: ".") {
            at += 1
            let fraction = at
            while at < json.count, isDigit(json[at]) {
                digits |= json[at] ^ UInt8(ascii: "0")
                if digits == 0 { leadingZeros += 1 }
                at += 1
            }
            guard at > fraction else { throw .malformed(offset: at) }
        }
        var exponent = 0
        if at < json.count, json[at] | 0x20 == UInt8(ascii: "e") { exponent = try self.exponent(json, &at) }

        guard digits != 0 else { return .zero }
        // The place of the first digit that counts: 0 for 1 to 9, -1 for 0.1.
        let magnitude = (wholeIsZero ? -1 - leadingZeros : wholeCount - 1) + exponent
        if magnitude < smallestExponent { return .zero }
        if magnitude > largestExponent { return .notFinite }
        if magnitude > smallestExponent, magnitude < largestExponent { return .nonzero }
        // Near the edges only the value itself can tell.
        let text = json.extracting(start..<at).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        guard let value = Float(text), value.isFinite else { return .notFinite }
        return value == 0 ? .zero : .nonzero
    }

    private static func exponent(_ json: Span<UInt8>, _ at: inout Int) throws(VectorFault) -> Int {
        at += 1
        var isNegative = false
        if at < json.count, json[at] == UInt8(ascii: "-") || json[at] == UInt8(ascii: "+") {
            isNegative = json[at] == UInt8(ascii: "-")
            at += 1
        }
        let start = at
        var value = 0
        while at < json.count, isDigit(json[at]) {
            // Beyond this it cannot change the verdict, only overflow.
            value = min(value * 10 + Int(json[at] ^ UInt8(ascii: "0")), 1_000_000)
            at += 1
        }
        guard at > start else { throw .malformed(offset: at) }
        return isNegative ? -value : value
    }

    /// Servers print what is no number as `null`, or as words that are not even JSON.
    private static func notANumber(_ json: Span<UInt8>, _ at: Int) throws(VectorFault) -> Verdict {
        switch json[at] {
        case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "I"), UInt8(ascii: "i"): return .notFinite
        default: throw .malformed(offset: at)
        }
    }

    @inline(__always)
    private static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }
}
