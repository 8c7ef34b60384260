/// Lines that are no longer than a terminal is wide.
struct TextCanvas {
    let style: BenchText.Style
    private var lines: [String] = []

    init(_ style: BenchText.Style) {
        self.style = style
    }

    var text: String { lines.joined(separator: "\n") + "\n" }

    /// A line that fits: what it is made of was measured. Spaces at its end are left out.
    mutating func line(_ line: String) {
        lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
    }

    mutating func blank() {
        if let last = lines.last, !last.isEmpty { lines.append("") }
    }

    mutating func title(_ text: String) {
        blank()
        for line in Self.wrap(text.printable, to: style.width) { lines.append(bold(line)) }
    }

    /// Broken between words. Lines after the first one begin where the text of the first one does.
    mutating func paragraph(_ text: String, label: String = "", indent: Int = 2) {
        let margin = String(repeating: " ", count: indent + label.columns)
        for (index, part) in Self.wrap(text.printable, to: style.width - margin.count).enumerated() {
            lines.append(index == 0 ? String(repeating: " ", count: indent) + label + part : margin + part)
        }
    }

    func bold(_ text: String) -> String { style.hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    func painted(_ text: String, _ codes: String) -> String {
        style.hasColour ? "\u{1B}[\(codes)m\(text)\u{1B}[0m" : text
    }

    /// A word that is longer than a line is cut into lines.
    static func wrap(_ text: String, to width: Int) -> [String] {
        let width = max(width, 8)
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in text.split(separator: " ") {
            let columns = String(word).columns
            if used > 0, used + 1 + columns <= width {
                line += " " + word
                used += 1 + columns
                continue
            }
            if used > 0 { lines.append(line) }
            (line, used) = ("", 0)
            for character in word {
                let columns = String(character).columns
                if used + columns > width {
                    lines.append(line)
                    (line, used) = ("", 0)
                }
                line.append(character)
                used += columns
            }
        }
        if used > 0 || lines.isEmpty { lines.append(line) }
        return lines
    }
}

extension String {
    /// With spaces before it, so that numbers stand under one another.
    func rightAligned(_ width: Int) -> String { String(repeating: " ", count: max(0, width - columns)) + self }

    func leftAligned(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - columns)) }
}
