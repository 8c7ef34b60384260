public import Pipeline

/// Compares vectors that are otherwise only carried.
public enum VectorSimilarity {
    /// The cosine of the angle between two vectors, from -1 to 1; nil when they have different numbers of components,
    /// when one has no direction, or when one is no array of numbers.
    public static func cosine(_ first: Vector, _ second: Vector) -> Double? {
        guard let first = components(first.json), let second = components(second.json), first.count == second.count
        else { return nil }
        var product = 0.0
        var squares = (0.0, 0.0)
        for (left, right) in zip(first, second) {
            product += left * right
            squares.0 += left * left
            squares.1 += right * right
        }
        let cosine = product / (squares.0.squareRoot() * squares.1.squareRoot())
        // Rounding may lead past the ends.
        return cosine.isFinite ? min(max(cosine, -1), 1) : nil
    }

    private static func components(_ json: Bytes) -> [Double]? {
        let text = trimmed(json)
        guard text.count > 2, text.first == UInt8(ascii: "["), text.last == UInt8(ascii: "]") else { return nil }
        var components: [Double] = []
        for part in text.dropFirst().dropLast().split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let component = number(trimmed(part)) else { return nil }
            components.append(component)
        }
        return components
    }

    /// Swift reads more than JSON writes: `0x1p3`, `nan` and `infinity` among others.
    private static func number(_ digits: Bytes) -> Double? {
        let isDecimal = digits.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        guard isDecimal, let value = Double(String(decoding: digits, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    private static func trimmed(_ bytes: Bytes) -> Bytes {
        let rest = bytes.drop(while: isSpace)
        guard let last = rest.lastIndex(where: { !isSpace($0) }) else { return [] }
        return rest[...last]
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
        default: false
        }
    }
}
