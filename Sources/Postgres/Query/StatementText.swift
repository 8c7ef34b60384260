/// Finds the end of what a SQL text says, so that the text can be put into a statement of ours.
enum StatementText {
    /// The text without semicolons, comments and white space behind its last word.
    static func trimmed(_ sql: String) -> String {
        let text = Array(sql.utf8)
        var position = 0
        var end = 0
        while position < text.count {
            let token = Token(text[position...])
            position += token.length
            if token.isPartOfStatement { end = position }
        }
        return String(decoding: text[..<end], as: UTF8.self)
    }

    /// As much of PostgreSQL's lexical structure as it takes to tell a comment or a semicolon from a string.
    private struct Token {
        var length: Int
        var isPartOfStatement = true

        init(_ rest: ArraySlice<UInt8>) {
            if rest.starts(with: "--".utf8) {
                self.init(length: rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 - rest.startIndex } ?? rest.count)
                isPartOfStatement = false
            } else if rest.starts(with: "/*".utf8) {
                self.init(length: Self.commentLength(rest))
                isPartOfStatement = false
            } else if rest.starts(with: "e'".utf8) || rest.starts(with: "E'".utf8) {
                self.init(length: 1 + Self.quotedLength(rest.dropFirst(), escape: UInt8(ascii: "\\")))
            } else if let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
                self.init(length: Self.quotedLength(rest, escape: nil))
            } else if let word = Self.wordLength(rest) {
                self.init(length: word)
            } else if let tag = Self.dollarTag(rest) {
                self.init(length: Self.dollarQuotedLength(rest, tag))
            } else {
                self.init(length: 1)
                let isSpace = rest.first == 0x20 || (0x09...0x0d).contains(rest.first ?? 0)
                isPartOfStatement = !isSpace && rest.first != UInt8(ascii: ";")
            }
        }

        private init(length: Int) {
            self.length = length
        }

        /// Comments nest.
        private static func commentLength(_ rest: ArraySlice<UInt8>) -> Int {
            var depth = 0
            var position = rest.startIndex
            while position < rest.endIndex {
                if rest[position...].starts(with: "/*".utf8) {
                    depth += 1
                    position += 2
                } else if rest[position...].starts(with: "*/".utf8) {
                    depth -= 1
                    position += 2
                    if depth == 0 { break }
                } else {
                    position += 1
                }
            }
            return position - rest.startIndex
        }

        /// A doubled quote reads as the end of one string and the start of another, which comes to the same.
        private static func quotedLength(_ rest: ArraySlice<UInt8>, escape: UInt8?) -> Int {
            var position = rest.startIndex + 1
            while position < rest.endIndex, rest[position] != rest.first {
                position += rest[position] == escape ? 2 : 1
            }
            return min(position + 1, rest.endIndex) - rest.startIndex
        }

        /// Names and numbers; a dollar sign or an `e` inside of one starts no string.
        private static func wordLength(_ rest: ArraySlice<UInt8>) -> Int? {
            let word = rest.prefix { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "$") }
            guard let first = word.first, first != UInt8(ascii: "$") else { return nil }
            return word.count
        }

        private static func dollarTag(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
            guard rest.first == UInt8(ascii: "$") else { return nil }
            let name = rest.dropFirst().prefix { isLetter($0) || isDigit($0) }
            guard name.first.map(isDigit) != true, name.endIndex < rest.endIndex,
                rest[name.endIndex] == UInt8(ascii: "$")
            else { return nil }
            return rest[...name.endIndex]
        }

        private static func dollarQuotedLength(_ rest: ArraySlice<UInt8>, _ tag: ArraySlice<UInt8>) -> Int {
            var position = tag.endIndex
            while position < rest.endIndex {
                if rest[position...].starts(with: tag) { return position + tag.count - rest.startIndex }
                position += 1
            }
            return rest.count
        }

        private static func isLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_") || byte >= 0x80
        }

        private static func isDigit(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
    }
}
