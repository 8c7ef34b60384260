extension JSONCursor {
    mutating func string() throws -> String {
        guard try peek() == UInt8(ascii: "\"") else { throw error("invalid type: expected a string") }
        let start = position + 1
        let isPlain = try skipString()
        if isPlain {
            return String(decoding: UnsafeBufferPointer(rebasing: text[start..<position - 1]), as: UTF8.self)
        }
        return String(decoding: unescaped(start..<position - 1), as: UTF8.self)
    }

    /// The string's UTF-8, without the cost of a `String`.
    mutating func stringBytes() throws -> [UInt8] {
        guard try peek() == UInt8(ascii: "\"") else { throw error("invalid type: expected a string") }
        let start = position + 1
        let isPlain = try skipString()
        return isPlain ? Array(text[start..<position - 1]) : unescaped(start..<position - 1)
    }

    /// Checks a string and leaves it behind.
    /// - Returns: whether it has no escapes, so that its bytes are its content.
    @discardableResult
    mutating func skipString() throws -> Bool {
        position += 1
        var isPlain = true
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return isPlain
            } else if byte == UInt8(ascii: "\\") {
                isPlain = false
                try skipEscape()
            } else if byte < 0x20 {
                throw error("control character (\\u0000-\\u001F) found while parsing a string")
            } else if byte < 0x80 {
                position += 1
            } else {
                try skipMultibyte()
            }
        }
        throw error("EOF while parsing a string")
    }

    private mutating func skipEscape() throws {
        guard position + 1 < text.count else { throw error("EOF while parsing a string") }
        position += 1
        switch text[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            let unit = try hexUnit()
            if (0xDC00..<0xE000).contains(unit) { throw error("lone leading surrogate in hex escape") }
            guard (0xD800..<0xDC00).contains(unit) else { return }
            guard position + 1 < text.count, text[position] == UInt8(ascii: "\\"),
                text[position + 1] == UInt8(ascii: "u")
            else { throw error("unexpected end of hex escape") }
            position += 2
            guard (0xDC00..<0xE000).contains(try hexUnit()) else { throw error("lone leading surrogate in hex escape") }
        default: throw error("invalid escape")
        }
    }

    private mutating func hexUnit() throws -> UInt32 {
        guard position + 4 <= text.count else { throw error("EOF while parsing a string") }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Self.hexDigit(text[position]) else { throw error("invalid escape") }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// One well-formed scalar of two to four bytes: no overlong forms, surrogates, or values over U+10FFFF.
    private mutating func skipMultibyte() throws {
        let lead = text[position]
        let length: Int
        let second: ClosedRange<UInt8>
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw error("invalid unicode code point")
        }
        guard position + length <= text.count, second.contains(text[position + 1]) else {
            throw error("invalid unicode code point")
        }
        for index in 2..<max(length, 2) where text[position + index] & 0xC0 != 0x80 {
            throw error("invalid unicode code point")
        }
        position += length
    }

    /// The content of a string that `skipString` has accepted.
    private func unescaped(_ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            guard text[index] == UInt8(ascii: "\\") else {
                bytes.append(text[index])
                index += 1
                continue
            }
            index += 2
            switch text[index - 1] {
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "u"):
                var scalar = unit(at: index)
                index += 4
                if (0xD800..<0xDC00).contains(scalar) {
                    scalar = 0x10000 + (scalar - 0xD800) << 10 + (unit(at: index + 2) - 0xDC00)
                    index += 6
                }
                if let scalar = Unicode.Scalar(scalar) { bytes.append(contentsOf: UTF8.encode(scalar) ?? .init()) }
            case let other: bytes.append(other)
            }
        }
        return bytes
    }

    private func unit(at index: Int) -> UInt32 {
        text[index..<index + 4].reduce(0) { $0 << 4 | (Self.hexDigit($1) ?? 0) }
    }
}
