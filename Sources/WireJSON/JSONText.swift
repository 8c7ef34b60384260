/// Writing JSON by appending bytes.
extension [UInt8] {
    /// Appends ASCII or UTF-8 text as it is.
    public mutating func append(json text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends `bytes`, which are UTF-8, as a JSON string with its quotes.
    ///
    /// Only what JSON demands is escaped: quotes, backslashes and control characters. Everything else is copied in runs.
    ///
    /// - Parameter prefix: UTF-8 that the string begins with.
    public mutating func append(jsonString bytes: ArraySlice<UInt8>, prefix: ArraySlice<UInt8> = []) {
        append(UInt8(ascii: "\""))
        append(escaping: prefix)
        append(escaping: bytes)
        append(UInt8(ascii: "\""))
    }

    private mutating func append(escaping bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            for index in bytes.indices {
                let byte = bytes[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                append(contentsOf: bytes[start..<index])
                append(escaped: byte)
                start = index + 1
            }
            append(contentsOf: bytes[start...])
        }
    }

    /// Appends `text` as a JSON string with its quotes.
    public mutating func append(jsonString text: String) {
        append(jsonString: Array(text.utf8)[...])
    }

    private mutating func append(escaped byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\n"): append(UInt8(ascii: "n"))
        case UInt8(ascii: "\t"): append(UInt8(ascii: "t"))
        case UInt8(ascii: "\r"): append(UInt8(ascii: "r"))
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        default:
            append(json: "u00")
            for digit in [byte >> 4, byte & 0xf] {
                append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}
