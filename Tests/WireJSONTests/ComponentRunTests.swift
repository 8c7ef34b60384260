import Testing
import WireJSON

/// Long vectors, of which whole blocks of bytes are checked together: what is refused alone is refused among them.
@Suite
struct ComponentRunTests {
    /// Components of all lengths that servers print, so that they stand at every place of a block.
    private static let components = (0..<40).map { index in
        "\(index % 3 == 0 ? "-" : "")\(index % 10).\(String(repeating: "7", count: 1 + index * 7 % 10))"
    }

    private func answer(_ vector: String) -> [UInt8] {
        Array(#"{"embeddings":[[\#(vector)]],"padding":"\#(String(repeating: "x", count: 100))"}"#.utf8)
    }

    private func isTaken(_ vector: String) -> Bool {
        (try? VectorScan.embeddings(in: answer(vector), dimension: nil)) != nil
    }

    /// The same, with each component in an answer that is too short for a block.
    private func isTakenPiecemeal(_ vector: String, _ known: inout [Substring: Bool]) -> Bool {
        vector.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { component in
            if let isTaken = known[component] { return isTaken }
            let alone = Array(#"{"embeddings":[[1,\#(component)]]}"#.utf8)
            // An answer that is taken for two vectors or components is not one of this component.
            let isTaken = component.utf8.count < 40 && (try? VectorScan.embeddings(in: alone, dimension: 2))?.count == 1
            known[component] = isTaken
            return isTaken
        }
    }

    @Test func `takes components of every length at every place, and counts them`() throws {
        for first in 0..<40 {
            let components = Self.components[first...] + Self.components
            let vector = "1," + components.joined(separator: ",")
            let found = try VectorScan.embeddings(in: answer(vector), dimension: components.count + 1)
            #expect(Answer.strings(found) == ["[\(vector)]"])
            let count = components.count + 1
            #expect(throws: VectorFault.wrongDimension(index: 0, found: count, expected: count + 1)) {
                try VectorScan.embeddings(in: answer(vector), dimension: count + 1)
            }
        }
    }

    @Test(arguments: 0..<8)
    func `judges any byte at any place as in a short vector`(part: Int) {
        var known: [Substring: Bool] = [:]
        let plain = Array(("1," + Self.components.joined(separator: ",")).utf8)
        for place in stride(from: 100 + part, to: 168, by: 8) {
            for byte in UInt8(0)..<0x80 {
                for replaced in [place..<place + 1, place..<place] {
                    var bytes = plain
                    bytes.replaceSubrange(replaced, with: [byte])
                    let vector = String(decoding: bytes, as: UTF8.self)
                    #expect(isTaken(vector) == isTakenPiecemeal(vector, &known), "\(vector)")
                }
            }
        }
    }

    @Test(arguments: 0..<8)
    func `judges any two bytes that numbers are made of as in a short vector`(part: Int) {
        var known: [Substring: Bool] = [:]
        let plain = Array(("1," + Self.components.joined(separator: ",")).utf8)
        let alphabet = Array("0,-.5eE+".utf8)
        for place in stride(from: 100 + part, to: 164, by: 8) {
            for first in alphabet {
                for second in alphabet {
                    for replaced in [place..<place + 2, place..<place + 1, place..<place] {
                        var bytes = plain
                        bytes.replaceSubrange(replaced, with: [first, second])
                        let vector = String(decoding: bytes, as: UTF8.self)
                        #expect(isTaken(vector) == isTakenPiecemeal(vector, &known), "\(vector)")
                    }
                }
            }
        }
    }

    @Test func `refuses bytes beyond ASCII at any place`() {
        let plain = answer("1," + Self.components.joined(separator: ","))
        for place in 100..<168 {
            for byte in UInt8(0x80)...0xff {
                var answer = plain
                answer[place] = byte
                #expect(throws: VectorFault.self) { try VectorScan.embeddings(in: answer, dimension: nil) }
            }
        }
    }

    @Test func `refuses a vector that is cut short at any place`() {
        let whole = "{\"embeddings\":[[1," + Self.components.joined(separator: ",")
        for count in 17...whole.utf8.count {
            let cut = Array(whole.utf8.prefix(count))
            #expect(throws: VectorFault.self) { try VectorScan.embeddings(in: cut, dimension: nil) }
        }
    }

    @Test func `calls a long vector all zero whose components are zero to a 32-bit float`() {
        let tiny = "0." + String(repeating: "0", count: 50) + "1"
        let vector = Array(repeating: tiny, count: 50).joined(separator: ",")
        #expect(throws: VectorFault.allZero(index: 0)) {
            try VectorScan.embeddings(in: answer(vector), dimension: nil)
        }
    }

    @Test(arguments: SeededRandom.seeds(10))
    func `holds the property of answers for long vectors that are damaged`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let alphabet = Array("0123456789,,,,....----eE+ ]".utf8)
        for _ in 0..<20 {
            let numbers = (0..<40).map { _ in "\(Float.random(in: -1...1, using: &random))" }
            var answer = answer(numbers.joined(separator: ","))
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let place = Int.random(in: 16..<answer.count - 110, using: &random)
                answer[place] = alphabet.randomElement(using: &random) ?? 0
            }
            try AnswerProperty.check([0] + answer)
        }
    }
}
