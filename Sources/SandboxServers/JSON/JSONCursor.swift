/// Reads JSON from front to back without building a tree: what a server does with megabytes of vectors.
///
/// It is strict (RFC 8259, valid UTF-8, no lone surrogates) and bounded: nesting of `depthLimit` levels and numbers
/// beyond the range of a double are errors, as they are for the parser of the server that this stands in for.
struct JSONCursor {
    /// The level of nesting that is refused.
    static let depthLimit = 128

    let text: UnsafeBufferPointer<UInt8>
    var position: Int
    private var depth = 0

    init(_ text: UnsafeBufferPointer<UInt8>, at position: Int = 0) {
        self.text = text
        self.position = position
    }

    /// Runs `body` over `bytes` and refuses anything but white space after what it read.
    static func read<Result>(_ bytes: [UInt8], _ body: (inout JSONCursor) throws -> Result) throws -> Result {
        try bytes.withUnsafeBufferPointer { text in
            var cursor = JSONCursor(text)
            let result = try body(&cursor)
            cursor.skipSpace()
            guard cursor.position == text.count else { throw cursor.error("trailing characters") }
            return result
        }
    }

    func error(_ message: String) -> JSONSyntaxError {
        JSONSyntaxError(message, at: position, in: text)
    }

    mutating func skipSpace() {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// The first byte of the next token, which is not consumed.
    mutating func peek() throws -> UInt8 {
        skipSpace()
        guard position < text.count else { throw error("EOF while parsing a value") }
        return text[position]
    }

    /// Consumes `byte` if it comes next.
    mutating func take(_ byte: UInt8) throws -> Bool {
        guard try peek() == byte else { return false }
        position += 1
        return true
    }

    /// Consumes `null` if it comes next.
    mutating func takeNull() throws -> Bool {
        guard try peek() == UInt8(ascii: "n") else { return false }
        try literal("null")
        return true
    }

    mutating func boolean() throws -> Bool {
        switch try peek() {
        case UInt8(ascii: "t"):
            try literal("true")
            return true
        case UInt8(ascii: "f"):
            try literal("false")
            return false
        default: throw error("invalid type: expected a boolean")
        }
    }

    /// Calls `element` for each element; it must consume exactly one value.
    mutating func array(_ element: (inout JSONCursor) throws -> Void) throws {
        guard try take(UInt8(ascii: "[")) else { throw error("invalid type: expected a sequence") }
        try descend()
        if try !take(UInt8(ascii: "]")) {
            repeat { try element(&self) } while try takeComma(before: UInt8(ascii: "]"))
        }
        depth -= 1
    }

    /// Calls `member` with each key; it must consume exactly one value.
    mutating func object(_ member: (inout JSONCursor, String) throws -> Void) throws {
        guard try take(UInt8(ascii: "{")) else { throw error("invalid type: expected a map") }
        try descend()
        if try !take(UInt8(ascii: "}")) {
            repeat {
                guard try peek() == UInt8(ascii: "\"") else { throw error("key must be a string") }
                let key = try string()
                guard try take(UInt8(ascii: ":")) else { throw error("expected `:`") }
                try member(&self, key)
            } while try takeComma(before: UInt8(ascii: "}"))
        }
        depth -= 1
    }

    /// Checks one value of any kind and leaves it behind.
    mutating func skipValue() throws {
        switch try peek() {
        case UInt8(ascii: "{"): try object { cursor, _ in try cursor.skipValue() }
        case UInt8(ascii: "["): try array { cursor in try cursor.skipValue() }
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: _ = try number()
        }
    }

    /// Checks one value and returns the bytes it is written with.
    mutating func rawValue() throws -> UnsafeBufferPointer<UInt8> {
        skipSpace()
        let start = position
        try skipValue()
        return UnsafeBufferPointer(rebasing: text[start..<position])
    }

    private mutating func descend() throws {
        depth += 1
        guard depth < Self.depthLimit else { throw error("recursion limit exceeded") }
    }

    private mutating func takeComma(before end: UInt8) throws -> Bool {
        if try take(UInt8(ascii: ",")) { return true }
        guard try take(end) else { throw error("expected `,` or `\(Character(Unicode.Scalar(end)))`") }
        return false
    }

    private mutating func literal(_ word: StaticString) throws {
        guard position + word.utf8CodeUnitCount <= text.count else { throw error("EOF while parsing a value") }
        for index in 0..<word.utf8CodeUnitCount where text[position + index] != word.utf8Start[index] {
            throw error("expected ident")
        }
        position += word.utf8CodeUnitCount
    }
}
