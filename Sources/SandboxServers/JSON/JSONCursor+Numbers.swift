#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

extension JSONCursor {
    /// A number's text, checked, with what is needed to convert it without reading it again.
    struct Number {
        let range: Range<Int>
        let isInteger: Bool
        let double: Double
    }

    mutating func number() throws -> Number {
        skipSpace()
        let start = position
        let isNegative = position < text.count && text[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }

        var mantissa: UInt64 = 0
        var significant = 0
        var exponent = 0
        guard let first = digit() else {
            throw error(position < text.count ? "expected value" : "EOF while parsing a value")
        }
        if first == 0 {
            position += 1
            if digit() != nil { throw error("invalid number") }
        } else {
            while let next = digit() {
                position += 1
                significant += 1
                if significant <= 19 { mantissa = mantissa &* 10 &+ next } else { exponent += 1 }
            }
        }
        var isInteger = true
        if position < text.count, text[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            guard digit() != nil else { throw error("invalid number") }
            while let next = digit() {
                position += 1
                if significant == 0, next == 0 {
                    exponent -= 1
                } else if significant < 19 {
                    significant += 1
                    mantissa = mantissa &* 10 &+ next
                    exponent -= 1
                } else {
                    significant += 1
                }
            }
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            exponent += try exponentPart()
        }
        let double = try value(
            mantissa: mantissa,
            exponent: exponent,
            isExact: significant <= 19,
            isNegative: isNegative,
            from: start
        )
        return Number(range: start..<position, isInteger: isInteger, double: double)
    }

    /// Appends the elements of an array of numbers, each as the float nearest to it (beyond its range: an infinity,
    /// as a cast from double gives).
    mutating func floats(into floats: inout [Float]) throws {
        try array { cursor in floats.append(Float(try cursor.number().double)) }
    }

    /// A non-negative whole number of at most 64 bits.
    mutating func unsigned() throws -> UInt64 {
        let number = try number()
        guard number.isInteger, let value = UInt64(String(decoding: text[number.range], as: UTF8.self)) else {
            throw error("invalid type: expected an unsigned integer")
        }
        return value
    }

    private func digit() -> UInt64? {
        guard position < text.count else { return nil }
        let value = text[position] &- UInt8(ascii: "0")
        return value < 10 ? UInt64(value) : nil
    }

    private mutating func exponentPart() throws -> Int {
        position += 1
        var sign = 1
        if position < text.count, text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-") {
            sign = text[position] == UInt8(ascii: "-") ? -1 : 1
            position += 1
        }
        guard digit() != nil else { throw error("invalid number") }
        var exponent = 0
        while let next = digit() {
            position += 1
            exponent = min(exponent * 10 + Int(next), 100_000)
        }
        return sign * exponent
    }

    /// Exact for up to 15 digits with a small exponent, where one multiplication or division of exact doubles rounds
    /// once; else the C library's conversion.
    private func value(
        mantissa: UInt64,
        exponent: Int,
        isExact: Bool,
        isNegative: Bool,
        from start: Int
    ) throws -> Double {
        let magnitude: Double
        if isExact, mantissa < 1 << 53, -22...22 ~= exponent {
            let digits = Double(mantissa)
            magnitude = exponent < 0 ? digits / Self.powersOfTen[-exponent] : digits * Self.powersOfTen[exponent]
        } else {
            let skip = isNegative ? 1 : 0
            magnitude = strtod(String(decoding: text[start + skip..<position], as: UTF8.self), nil)
            guard magnitude.isFinite else { throw error("number out of range") }
        }
        return isNegative ? -magnitude : magnitude
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
