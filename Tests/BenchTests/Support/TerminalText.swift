/// What a test wants to know of text for a terminal.
enum TerminalText {
    /// Without the escapes that set colours; nil where there is any other.
    static func withoutColours(_ text: String) -> String? {
        var plain = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "\u{1B}") {
            plain += rest[..<start]
            rest = rest[start...].dropFirst()
            guard rest.first == "[", let end = rest.firstIndex(where: { $0.isLetter }), rest[end] == "m" else {
                return nil
            }
            rest = rest[end...].dropFirst()
        }
        return plain + rest
    }

    static func lines(_ text: String) -> [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// Markup, an escape of a terminal, line breaks, an eight-bit escape, and one that turns the direction of writing.
    static let hostile = "<img src=x onerror=\"alert('&')\">\u{1B}[2J\r\n\u{9B}31m\u{202E}\u{0}end"
}
