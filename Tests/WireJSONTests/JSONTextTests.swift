import Foundation
import Testing
import WireJSON

@Suite
struct JSONTextTests {
    private func json(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.append(jsonString: text)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func decoded(_ json: String) throws -> String {
        try JSONDecoder().decode(String.self, from: Data(json.utf8))
    }

    @Test(arguments: 0..<0x20)
    func `escapes every control character`(code: Int) throws {
        let text = String(UnicodeScalar(UInt8(code)))
        let json = json("a\(text)b")
        #expect(json.utf8.allSatisfy { $0 >= 0x20 })
        #expect(json.hasPrefix("\"a\\") && json.hasSuffix("b\""))
        #expect(try decoded(json) == "a\(text)b")
    }

    @Test func `writes the short escapes where JSON has them in common use`() {
        #expect(json("\n\t\r\"\\") == #""\n\t\r\"\\""#)
        #expect(json("\u{0}\u{8}\u{c}\u{1f}") == #""\u0000\u0008\u000c\u001f""#)
    }

    @Test(arguments: ["", "plain", "größer", "漢字", "😀👩‍👩‍👧", "\u{7f}\u{80}\u{2028}\u{feff}\u{10ffff}", "a/b", "'"])
    func `leaves everything else untouched`(text: String) throws {
        #expect(json(text) == "\"\(text)\"")
        #expect(try decoded(json(text)) == text)
    }

    @Test func `writes a slice from where it begins`() {
        let bytes = Array("before\"inside\"after".utf8)
        var json: [UInt8] = []
        json.append(jsonString: bytes[6..<14])
        #expect(String(decoding: json, as: UTF8.self) == #""\"inside\"""#)
    }

    @Test func `appends behind what is there`() {
        var json: [UInt8] = []
        json.append(json: "[")
        json.append(jsonString: "a\n")
        json.append(json: ",\"ü\"]")
        #expect(String(decoding: json, as: UTF8.self) == #"["a\n","ü"]"#)
    }

    @Test func `begins with the prefix, escaped alike`() {
        var json: [UInt8] = []
        json.append(jsonString: Array("text\"".utf8)[...], prefix: Array("\\a: ".utf8)[...])
        #expect(String(decoding: json, as: UTF8.self) == #""\\a: text\"""#)
    }

    /// What is escaped and what is not, at every place of the eight bytes that are looked at together.
    @Test(arguments: 0..<8)
    func `escapes the same wherever it stands`(first: Int) {
        let bytes = (0..<0x80).map { UInt8($0) } + Array("ß漢😀".utf8)
        for second in 0..<9 {
            let (before, between) = (String(repeating: "x", count: first), String(repeating: "ü", count: second))
            for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
                let alone = json(String(scalar)).dropFirst().dropLast()
                #expect(json("\(before)\(scalar)\(between)\(scalar)") == "\"\(before)\(alone)\(between)\(alone)\"")
            }
        }
    }

    @Test(arguments: SeededRandom.seeds(20))
    func `is read back as the same text`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...60, using: &random) {
                let limits: [UInt32] = [0x20, 0x80, 0x800, 0x1_0000, 0x11_0000]
                let limit = limits[Int.random(in: 0..<limits.count, using: &random)]
                if let scalar = UnicodeScalar(UInt32.random(in: 0..<limit, using: &random)) { text.append(scalar) }
            }
            // Compared scalar by scalar: as strings, canonically equivalent texts are equal.
            #expect(try Array(decoded(json(String(text))).unicodeScalars) == Array(text))
        }
    }
}
