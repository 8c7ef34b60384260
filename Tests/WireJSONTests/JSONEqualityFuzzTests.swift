import Foundation
import Testing
import WireJSON

@Suite
struct JSONEqualityFuzzTests {
    @Test func `holds its property over the corpus of the fuzzer`() throws {
        try Corpus.check("JSONEquality", EqualityProperty.check)
    }

    @Test(arguments: SeededRandom.seeds(30))
    func `agrees with a slow comparison of decoded values`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var equal = 0
        var different = 0
        for _ in 0..<100 {
            let value = RandomJSON(depth: 3, &random)
            var other = value
            if Bool.random(using: &random) { other.change(&random) }
            let (left, right) = (value.text(&random), other.text(&random))
            let expected = SlowComparison.areEqual(try decoded(left), try decoded(right))
            #expect(
                JSONEquality.areEqual(Array(left.utf8)[...], Array(right.utf8)[...]) == expected,
                "\(left)\n\(right)"
            )
            if expected { equal += 1 } else { different += 1 }
        }
        #expect(equal > 0 && different > 0)
    }

    @Test(arguments: SeededRandom.seeds(10))
    func `survives damage, and equals itself only where others can read it`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            var bytes = Array(RandomJSON(depth: 3, &random).text(&random).utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                guard let index = bytes.indices.randomElement(using: &random) else { continue }
                if Bool.random(using: &random) {
                    bytes[index] = UInt8.random(in: 0...127, using: &random)
                } else {
                    bytes.remove(at: index)
                }
            }
            let isReadable = (try? decoded(String(decoding: bytes, as: UTF8.self))) != nil
            if JSONEquality.areEqual(bytes[...], bytes[...]) {
                #expect(isReadable, "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    private func decoded(_ text: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    }
}

/// Compares what `JSONSerialization` made of two texts.
private enum SlowComparison {
    static func areEqual(_ left: Any, _ right: Any) -> Bool {
        if let left = left as? [String: Any], let right = right as? [String: Any] {
            return left.count == right.count
                && left.allSatisfy { name, value in
                    right.contains { $0.utf8.elementsEqual(name.utf8) && areEqual(value, $1) }
                }
        }
        if let left = left as? [Any], let right = right as? [Any] {
            return left.count == right.count && zip(left, right).allSatisfy { areEqual($0, $1) }
        }
        if let left = left as? String, let right = right as? String { return left.utf8.elementsEqual(right.utf8) }
        if left is NSNull || right is NSNull { return left is NSNull && right is NSNull }
        guard let left = left as? NSNumber, let right = right as? NSNumber else { return false }
        return isBool(left) == isBool(right) && left.compare(right) == .orderedSame
    }

    private static func isBool(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c"
    }
}

/// A value that can be written in many ways.
private indirect enum RandomJSON {
    case null
    case bool(Bool)
    case integer(Int)
    /// This many halves.
    case halves(Int)
    case string(String)
    case array([RandomJSON])
    case object([(name: String, value: RandomJSON)])

    private static let strings = ["", "a", "b", "ab", "\u{e9}", "\"", "\\", "\n\u{1}", "😀", "a/b", "漢"]

    init(depth: Int, _ random: inout SeededRandom) {
        switch Int.random(in: 0..<(depth == 0 ? 5 : 9), using: &random) {
        case 0: self = .null
        case 1: self = .bool(Bool.random(using: &random))
        case 2: self = .integer(Int.random(in: -3...3, using: &random) * (Bool.random(using: &random) ? 1 : 1_000_000))
        case 3: self = .halves(Int.random(in: -5...5, using: &random))
        case 4: self = .string(Self.strings.randomElement(using: &random) ?? "")
        case 5, 6:
            self = .array(
                (0..<Int.random(in: 0...3, using: &random)).map { _ in RandomJSON(depth: depth - 1, &random) }
            )
        default:
            let names = Self.strings.shuffled(using: &random).prefix(Int.random(in: 0...5, using: &random))
            self = .object(names.map { ($0, RandomJSON(depth: depth - 1, &random)) })
        }
    }

    /// Makes something of it another value, or the same again.
    mutating func change(_ random: inout SeededRandom) {
        switch self {
        case .array(var elements):
            if let index = elements.indices.randomElement(using: &random) { elements[index].change(&random) }
            if Bool.random(using: &random) { elements.shuffle(using: &random) }
            self = .array(elements)
        case .object(var members):
            if let index = members.indices.randomElement(using: &random) {
                if Bool.random(using: &random) {
                    members[index].value.change(&random)
                } else {
                    members.remove(at: index)
                }
            }
            self = .object(members)
        default: self = RandomJSON(depth: 0, &random)
        }
    }

    func text(_ random: inout SeededRandom) -> String {
        let space = ["", "", " ", "\n\t "].randomElement(using: &random) ?? ""
        switch self {
        case .null: return space + "null"
        case .bool(let value): return space + "\(value)"
        case .integer(let value): return space + Self.number(value * 10, &random)
        case .halves(let value): return space + Self.number(value * 5, &random)
        case .string(let value): return space + Self.quoted(value, &random)
        case .array(let elements):
            return space + "[" + elements.map { $0.text(&random) }.joined(separator: space + ",") + space + "]"
        case .object(let members):
            let texts = members.shuffled(using: &random).map { member in
                space + Self.quoted(member.name, &random) + space + ":" + member.value.text(&random)
            }
            return "{" + texts.joined(separator: ",") + space + "}"
        }
    }

    private static func number(_ tenths: Int, _ random: inout SeededRandom) -> String {
        let sign = tenths < 0 ? "-" : ""
        let (whole, rest) = (abs(tenths) / 10, abs(tenths) % 10)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return "\(tenths)e-1"
        case 1: return "\(sign)\(whole).\(rest)"
        case 2: return "\(sign)\(whole).\(rest)00E+0"
        default: return rest == 0 ? "\(sign)\(whole)" : "\(sign)0.\(abs(tenths))e\(String(abs(tenths)).count - 1)"
        }
    }

    private static func quoted(_ text: String, _ random: inout SeededRandom) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            if scalar.value < 0x20 || "\"\\".unicodeScalars.contains(scalar) || Bool.random(using: &random) {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
                    json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
