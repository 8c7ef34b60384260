/// Counts a text's tokens about as a word-piece tokenizer would: a run of letters and digits is a token for each four
/// bytes begun, any other visible character is one, and two frame the text.
enum TextTokens {
    static let frame = 2

    /// - Parameter limit: tokens at which counting stops, the frame included.
    /// - Returns: the tokens counted, and how many bytes of the text they cover.
    static func count(_ text: [UInt8], limit: Int = .max) -> (tokens: Int, bytes: Int) {
        var tokens = frame
        var index = 0
        while index < text.count {
            let start = index
            let isWord = isWordByte(text[index])
            index += 1
            if isWord {
                while index < text.count, index - start < 4, isWordByte(text[index]) { index += 1 }
            } else if text[start] <= 0x20 {
                continue
            }
            if tokens >= limit { return (tokens, start) }
            tokens += 1
        }
        return (tokens, text.count)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...0xFF:
            true
        default: false
        }
    }
}
