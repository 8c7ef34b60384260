/// RFC 3339 times, with the freedoms the real server takes: a space for the `T`, no zone (then UTC), a date alone.
enum Timestamp {
    /// Microseconds since 1970-01-01 UTC; nil when the text is no time.
    static func microseconds(of text: String) -> Int64? {
        var reader = Reader(rest: Array(text.utf8)[...])
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), 1...12 ~= month,
            reader.take("-"), let day = reader.number(2), 1...31 ~= day
        else { return nil }
        var result = days(year: year, month: month, day: day) * 86_400_000_000
        guard !reader.rest.isEmpty else { return result }
        guard reader.take("T") || reader.take("t") || reader.take(" "), let hour = reader.number(2), reader.take(":"),
            let minute = reader.number(2)
        else { return nil }
        var second: Int64 = 0
        if reader.take(":") {
            guard let value = reader.number(2) else { return nil }
            second = value
        }
        result += ((hour * 60 + minute) * 60 + second) * 1_000_000
        if reader.take(".") {
            guard let fraction = reader.fraction() else { return nil }
            result += fraction
        }
        if reader.rest.isEmpty || reader.take("Z") || reader.take("z") { return reader.rest.isEmpty ? result : nil }
        let sign: Int64 = reader.take("+") ? 1 : reader.take("-") ? -1 : 0
        guard sign != 0, let hours = reader.number(2) else { return nil }
        _ = reader.take(":")
        guard let minutes = reader.rest.isEmpty ? 0 : reader.number(2), reader.rest.isEmpty else { return nil }
        return result - sign * (hours * 60 + minutes) * 60_000_000
    }

    /// Days since 1970-01-01 in the Gregorian calendar; years are counted from March, so that leap days come last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        /// A number of exactly so many digits.
        mutating func number(_ digits: Int) -> Int64? {
            let field = rest.prefix(digits)
            guard field.count == digits, field.allSatisfy({ 48...57 ~= $0 }) else { return nil }
            rest = rest.dropFirst(digits)
            return field.reduce(0) { $0 * 10 + Int64($1 - 48) }
        }

        /// Digits after a decimal point, in microseconds; further ones are cut off.
        mutating func fraction() -> Int64? {
            let field = rest.prefix { 48...57 ~= $0 }
            guard !field.isEmpty else { return nil }
            rest = rest.dropFirst(field.count)
            let digits = Array(field.prefix(6)) + Array(repeating: 48, count: max(0, 6 - field.count))
            return digits.reduce(0) { $0 * 10 + Int64($1 - 48) }
        }
    }
}
