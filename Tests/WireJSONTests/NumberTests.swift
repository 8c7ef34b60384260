import Testing
import WireJSON

/// The components of a vector, each beside a one.
@Suite
struct NumberTests {
    private func fault(of number: String) -> VectorFault? {
        do {
            _ = try VectorScan.embeddings(in: Answer.plain(["[1,\(number)]"]), dimension: 2)
            return nil
        } catch {
            return error
        }
    }

    private func isZero(_ number: String) -> Bool {
        do {
            _ = try VectorScan.embeddings(in: Answer.plain(["[\(number)]"]), dimension: 1)
            return false
        } catch {
            return error == .allZero(index: 0)
        }
    }

    @Test(arguments: [
        "0", "-0", "-0.0", "0.5", "-12.75", "1e5", "1E+5", "1.5e-07", "123456789012345678901234567890", "3.4e38",
        "-3.4e38", "3.4028234e38", "340000000000000000000000000000000000000", "0.00034e42", "1e-50", "1e-9999999999",
        "0e9999999999", "1e-0", "1e00005",
    ])
    func `takes the numbers that JSON has and a 32-bit float can hold`(number: String) {
        #expect(fault(of: number) == nil)
    }

    @Test(arguments: [
        "null", "NaN", "nan", "-NaN", "Infinity", "-Infinity", "inf", "-inf", "1e39", "-1e39", "3.5e38", "-3.5e38",
        "3.41e38", "3500000000000000000000000000000000000000", "1e9999999999", "0.0001e43", "1e99999999999999999999999",
    ])
    func `refuses what is no finite number of 32 bits`(number: String) {
        #expect(fault(of: number) == .notFinite(index: 0))
    }

    @Test(arguments: [
        "01", "-01", "00", "00.5", ".5", "-.5", "+1", "1.", "1.e5", "1e", "1e+", "1e-", "-", "--1", "1-", "1.5.2",
        "0x10",
        "1_000", "1f", "true", "\"1\"", "[1]", "{}", "1 2", "", "e5", "٣",
    ])
    func `calls malformed what is no number by JSON's grammar`(number: String) {
        guard case .malformed = fault(of: number) else {
            Issue.record("\(number): \(String(describing: fault(of: number)))")
            return
        }
    }

    @Test(arguments: SeededRandom.seeds(20))
    func `agrees with a 32-bit float about what is finite`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let number = Self.number(exponents: -60...45, &random)
            let isFinite = Float(number).map(\.isFinite) == true
            #expect(fault(of: number) == (isFinite ? nil : .notFinite(index: 0)), "\(number)")
        }
    }

    @Test(arguments: SeededRandom.seeds(20))
    func `agrees with a 32-bit float about what is zero`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let number = Self.number(exponents: -60...30, &random)
            // Within the decade of the smallest float, some round to it and some to zero: those are not told apart.
            if let value = Double(number), (1e-46..<1e-45).contains(abs(value)) { continue }
            #expect(isZero(number) == (Float(number) == 0), "\(number)")
        }
    }

    @Test(arguments: SeededRandom.seeds(20))
    func `takes every finite float as it is printed`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let floats = (0..<500).map { _ in Float(bitPattern: random.next(upperBound: UInt32.max)) }.filter(\.isFinite)
        let vector = "[1,\(floats.map(\.description).joined(separator: ","))]"
        let found = try VectorScan.embeddings(in: Answer.plain([vector]), dimension: floats.count + 1)
        #expect(Answer.strings(found) == [vector])
    }

    /// A number in one of JSON's ways to write it, whose value has an exponent of ten about in the range.
    private static func number(exponents: ClosedRange<Int>, _ random: inout SeededRandom) -> String {
        let digits = (0..<Int.random(in: 1...12, using: &random)).map { _ in Int.random(in: 0...9, using: &random) }
        let exponent = Int.random(in: exponents, using: &random)
        let sign = Bool.random(using: &random) ? "-" : ""
        let fraction = digits.map(String.init).joined()
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            return "\(sign)\(Int.random(in: 1...9, using: &random)).\(fraction)e\(exponent)"
        case 1:
            let zeros = String(repeating: "0", count: Int.random(in: 0...20, using: &random))
            return "\(sign)0.\(zeros)\(fraction)E\(exponent + zeros.count + 1)"
        default:
            let zeros = String(repeating: "0", count: Int.random(in: 0...20, using: &random))
            return "\(sign)\(Int.random(in: 1...9, using: &random))\(zeros)e\(exponent - zeros.count)"
        }
    }
}
