/// Numbers as people read them. Every value has a text, since reports may come from a file.
enum Figures {
    /// Thousands are grouped.
    static func count(_ value: Int) -> String {
        var digits = String(value.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        groups.insert(digits, at: 0)
        return (value < 0 ? "-" : "") + groups.joined(separator: ",")
    }

    /// With so many decimals, as a point would round it.
    static func decimal(_ value: Double, places: Int) -> String {
        let scale = (0..<places).reduce(1) { factor, _ in factor * 10 }
        guard value.isFinite, value.magnitude < 1e15 / Double(scale) else { return value.isNaN ? "-" : "\(value)" }
        let scaled = Int((value * Double(scale)).rounded())
        let whole = (scaled < 0 && -scaled < scale ? "-" : "") + count(scaled / scale)
        guard places > 0 else { return whole == "-0" ? "0" : whole }
        let rest = String(scaled.magnitude % UInt(scale))
        return whole + "." + String(repeating: "0", count: places - rest.count) + rest
    }

    /// Three digits at least, as far as they mean something: 0.43, 9.87, 18.2, 183, 1,284.
    static func rate(_ value: Double) -> String { decimal(value, places: places(value)) }

    /// As `rate`, without decimals that are nothing: for numbers that were chosen to be round.
    static func round(_ value: Double) -> String {
        var text = rate(value)
        guard text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    private static func places(_ value: Double) -> Int {
        switch value.magnitude {
        case 99.95...: 0
        case 9.995...: 1
        case 0: 0
        default: 2
        }
    }

    /// For instance "0.8 %".
    static func percent(_ value: Double) -> String {
        decimal(value, places: value.magnitude < 9.95 ? 1 : 0) + " %"
    }

    /// For instance "+0.8 %"; a minus is as wide as a plus.
    static func change(_ percent: Double) -> String {
        let text = decimal(percent.magnitude, places: percent.magnitude < 99.95 ? 1 : 0) + " %"
        if text == "0.0 %" { return text }
        return (percent < 0 ? "\u{2212}" : "+") + text
    }

    /// For instance "1.9x" where something is so many times as large.
    static func times(_ ratio: Double) -> String {
        decimal(ratio, places: ratio < 9.95 ? 1 : 0) + "\u{00D7}"
    }

    /// A number of milliseconds, without its unit.
    static func milliseconds(_ value: Double) -> String {
        decimal(value, places: value.magnitude < 9.95 ? 1 : 0)
    }

    /// With the unit in which it is short: "8.4 ms", "3.10 s".
    static func latency(milliseconds value: Double) -> String {
        value.magnitude < 999.5 ? milliseconds(value) + " ms" : seconds(value / 1000)
    }

    /// For instance "850 ms", "2.31 s", "48 s", "3 min 12 s", "2 h 5 min", "3 d 4 h".
    static func seconds(_ value: Double) -> String {
        switch value {
        case ..<0.9995: return milliseconds(value * 1000) + " ms"
        case ..<9.995: return decimal(value, places: 2) + " s"
        case ..<59.5: return decimal(value, places: 0) + " s"
        case ..<1e12: return units(Int(value.rounded()))
        default: return decimal(value, places: 0) + " s"
        }
    }

    private static func units(_ seconds: Int) -> String {
        if seconds < 3600 { return pair(seconds, "min", 60, "s", 1) }
        if seconds < 48 * 3600 { return pair(seconds, "h", 3600, "min", 60) }
        return pair(seconds, "d", 86400, "h", 3600)
    }

    private static func pair(_ seconds: Int, _ large: String, _ inLarge: Int, _ small: String, _ inSmall: Int) -> String
    {
        let rest = seconds % inLarge / inSmall
        return "\(count(seconds / inLarge)) \(large)" + (rest > 0 ? " \(rest) \(small)" : "")
    }

    static func bytes(_ value: Double) -> String {
        if value < 999.5 { return decimal(value, places: 0) + " bytes" }
        if value < 999_500 { return rate(value / 1000) + " kB" }
        return rate(value / 1_000_000) + " MB"
    }

    /// "1 request", "2 requests".
    static func counted(_ value: Int, _ noun: String) -> String { "\(count(value)) \(noun)\(value == 1 ? "" : "s")" }
}

extension Estimate {
    /// Half the interval, in parts of the mean; nil where it was measured once or less.
    var relativeError: Double? {
        guard samples > 1, mean > 0, high >= low else { return nil }
        return (high - low) / 2 / mean
    }

    /// For instance "± 1.4 %"; nil where nobody knows.
    var tolerance: String? { relativeError.map { "± " + Figures.percent($0 * 100) } }
}
