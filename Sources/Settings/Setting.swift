/// A value as somebody wrote it, and where: so that what is wrong with it can be told by name.
public struct Setting: Sendable {
    public let text: String
    /// For instance `--window`, `QDRANT_URL` or `window in sync.yaml`.
    public let origin: String

    public init(text: String, origin: String) {
        self.text = text
        self.origin = origin
    }

    /// What to say to somebody who wrote something else than expected.
    public func wrong(_ expected: String) -> UsageError {
        UsageError("\(origin) is '\(text)', expected \(expected)")
    }

    public func integer(atLeast minimum: Int, atMost maximum: Int = 1_000_000_000_000) throws(UsageError) -> Int {
        guard let value = Int(text), (minimum...maximum).contains(value) else {
            throw wrong("a whole number of at least \(minimum) and at most \(maximum)")
        }
        return value
    }

    public func boolean() throws(UsageError) -> Bool {
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw wrong("true or false")
        }
    }

    public func duration() throws(UsageError) -> Duration {
        guard let value = Duration(writtenAs: text) else { throw wrong("a duration such as 30s, 10m or 1h") }
        return value
    }

    public func choice<Choice>(_ type: Choice.Type) throws(UsageError) -> Choice
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let value = Choice(rawValue: text) else {
            throw wrong(Choice.allCases.map(\.rawValue).joined(separator: " or "))
        }
        return value
    }

    /// An address with `http://` or `https://`, without a slash at its end.
    public func url() throws(UsageError) -> String {
        let text = text.filter { !$0.isWhitespace }
        let lower = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: lower.hasPrefix), text.count > scheme.count,
            !text.contains(where: { ",?#".contains($0) })
        else {
            // The text may hold a password.
            throw UsageError("\(origin) is no URL, expected http://HOST:PORT or https://HOST:PORT")
        }
        return String(text.reversed().drop { $0 == "/" }.reversed())
    }
}

extension Duration {
    /// Reads a number with a unit of ms, s, m, h or d; seconds without one.
    public init?(writtenAs text: String) {
        let number = text.prefix { $0.isNumber || $0 == "." }
        let units: [Substring: Double] = ["ms": 0.001, "": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let value = Double(number), let unit = units[text[number.endIndex...]], value.isFinite,
            value * unit < 1e10
        else { return nil }
        self = .milliseconds(Int64((value * unit * 1_000).rounded()))
    }
}
