/// A number's value as stores of JSON keep it, with one form for each.
enum CanonicalNumber {
    case integer(isNegative: Bool, magnitude: UInt64)
    /// One that is not an integer of at most 64 bits.
    case double(Double)

    /// Moves over the number at `at`.
    ///
    /// - Throws: `.malformed` also where it is beyond the range of a double.
    init(_ json: Span<UInt8>, _ at: inout Int) throws(VectorFault) {
        let start = at
        _ = try NumberScan.number(json, &at)
        guard at > start else { throw .malformed(offset: start) }
        if let integer = Self.integer(json, start..<at) {
            self = integer
            return
        }
        let text = json.extracting(start..<at).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        guard let value = Double(text), value.isFinite else { throw .malformed(offset: start) }
        // Not `UInt64(exactly:)`, for which the library would need libm.
        if value.magnitude < 0x1p64, Double(UInt64(value.magnitude)) == value.magnitude {
            self = .integer(isNegative: value < 0, magnitude: UInt64(value.magnitude))
        } else {
            self = .double(value)
        }
    }

    /// Nil where the text has a fraction or an exponent, or does not fit 64 bits with or without a sign.
    private static func integer(_ json: Span<UInt8>, _ range: Range<Int>) -> CanonicalNumber? {
        let isNegative = json[range.lowerBound] == UInt8(ascii: "-")
        var magnitude: UInt64 = 0
        for index in range.lowerBound + (isNegative ? 1 : 0)..<range.upperBound {
            let digit = json[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (product, isTooLarge) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, isOver) = product.addingReportingOverflow(UInt64(digit))
            if isTooLarge || isOver { return nil }
            magnitude = sum
        }
        if isNegative, magnitude > Int64.min.magnitude { return nil }
        return .integer(isNegative: isNegative && magnitude > 0, magnitude: magnitude)
    }

    func append(to bytes: inout [UInt8]) {
        let bits: UInt64
        switch self {
        case .integer(let isNegative, let magnitude):
            bytes.append(UInt8(ascii: isNegative ? "-" : "+"))
            bits = magnitude
        case .double(let value):
            bytes.append(UInt8(ascii: "d"))
            bits = value.bitPattern
        }
        withUnsafeBytes(of: bits) { bytes.append(contentsOf: $0) }
    }
}
