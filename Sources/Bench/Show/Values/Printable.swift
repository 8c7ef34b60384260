extension String {
    /// Without characters that a terminal would obey, that would make one line two, or that no page may contain.
    var printable: String {
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars { text.append(scalar.isCommand ? " " : scalar) }
        return String(text)
    }

    /// So many columns of a terminal.
    var columns: Int { unicodeScalars.reduce(0) { $0 + $1.columns } }
}

extension Unicode.Scalar {
    fileprivate var isCommand: Bool {
        switch value {
        // C0, DEL and C1: line breaks, escapes, and what begins an escape in eight bits.
        case 0..<0x20, 0x7F..<0xA0: true
        // Separators of lines and paragraphs, and the controls of the bidirectional algorithm.
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: properties.isNoncharacterCodePoint
        }
    }

    var columns: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch value {
        // East Asian scripts and their full-width forms, and pictures.
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
