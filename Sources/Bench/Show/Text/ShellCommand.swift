/// A command for a shell, to be shown in a few columns.
enum ShellCommand {
    /// Broken between words, with what tells a shell that it goes on. A word is never broken: what is copied has to mean
    /// the same, so a word that is longer than a line stays so.
    static func lines(_ command: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in words(command.printable) {
            if let last = lines.last, last.columns + 1 + word.columns + 2 <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(lines.isEmpty ? word : "  " + word)
            }
        }
        return lines.enumerated().map { index, line in index < lines.count - 1 ? line + " \\" : line }
    }

    /// Separated by spaces that are in no quotes and behind no backslash.
    static func words(_ command: String) -> [String] {
        var words: [String] = []
        var word = ""
        var quote: Character?
        var isEscaped = false
        for character in command {
            if character == " ", quote == nil, !isEscaped {
                if !word.isEmpty { words.append(word) }
                word = ""
                continue
            }
            word.append(character)
            if isEscaped {
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            }
        }
        return word.isEmpty ? words : words + [word]
    }
}
