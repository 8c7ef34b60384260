extension String {
    /// Without characters that a terminal would obey, or that would make one line two.
    var printable: String { replacingCommands(besides: []) }

    /// As `printable`, but what is in several lines stays so.
    var printableLines: String { replacingCommands(besides: ["\n", "\t"]) }

    /// JSON that means the same, with the characters that JSON allows in strings and a terminal obeys written as escapes.
    var printableJSON: String {
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            // Those before are escapes already; between tokens they are layout. All that remain fit four digits.
            if scalar.isCommand, scalar.value >= 0x7F {
                let digits = String(scalar.value, radix: 16)
                text.append(
                    contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).unicodeScalars
                )
            } else {
                text.append(scalar)
            }
        }
        return String(text)
    }

    private func replacingCommands(besides kept: Set<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars { text.append(scalar.isCommand && !kept.contains(scalar) ? " " : scalar) }
        return String(text)
    }
}

extension Unicode.Scalar {
    /// Whether a terminal acts on it instead of showing it, or shows what stands around it in another order.
    fileprivate var isCommand: Bool {
        switch value {
        // C0, DEL and C1: line breaks, escapes, and what begins an escape in eight bits.
        case 0..<0x20, 0x7F..<0xA0: true
        // Separators of lines and paragraphs, and the controls of the bidirectional algorithm.
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
