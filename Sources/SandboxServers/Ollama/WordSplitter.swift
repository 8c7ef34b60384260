/// Splits text into the words that a person reads in it, identifiers included: `readFile_lines` is "read", "file",
/// "lines", and `HTTPServer2` is "http", "server", "2".
struct WordSplitter {
    private enum Kind {
        case lower
        case upper
        case digit
        case other
    }

    /// The words, lower-cased, one after the other.
    private(set) var letters: [UInt8] = []
    /// Where each word begins in `letters`, and at the end where the last one ends.
    private(set) var bounds: [Int] = [0]

    var wordCount: Int { bounds.count - 1 }

    func word(_ index: Int) -> Range<Int> { bounds[index]..<bounds[index + 1] }

    mutating func split(_ text: UnsafeBufferPointer<UInt8>) {
        letters.removeAll(keepingCapacity: true)
        bounds.removeAll(keepingCapacity: true)
        bounds.append(0)
        var previous = Kind.other
        for index in 0..<text.count {
            let byte = text[index]
            let kind = Self.kind(of: byte)
            if kind == .other || Self.isBoundary(previous, kind, next: index + 1 < text.count ? text[index + 1] : 0) {
                endWord()
            }
            if kind != .other { letters.append(kind == .upper ? byte | 0x20 : byte) }
            previous = kind
        }
        endWord()
    }

    private mutating func endWord() {
        if let start = bounds.last, letters.count > start { bounds.append(letters.count) }
    }

    /// Bytes of characters beyond ASCII count as small letters.
    private static func kind(of byte: UInt8) -> Kind {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...0xFF: .lower
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): .upper
        case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
        default: .other
        }
    }

    private static func isBoundary(_ previous: Kind, _ kind: Kind, next: UInt8) -> Bool {
        switch (previous, kind) {
        case (.lower, .upper): true
        case (.upper, .upper): Self.kind(of: next) == .lower
        case (.digit, .lower), (.digit, .upper), (.lower, .digit), (.upper, .digit): true
        default: false
        }
    }
}
