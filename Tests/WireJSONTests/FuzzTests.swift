import Testing
import WireJSON

@Suite
struct FuzzTests {
    @Test func `holds its property over the corpus of the fuzzer`() throws {
        try Corpus.check("VectorScan", AnswerProperty.check)
    }

    @Test(arguments: SeededRandom.seeds(10))
    func `survives random bytes`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let alphabet = Array(#"{}[]",:\ 0123456789.-+eEnulINa"#.utf8) + [0x00, 0x1f, 0x7f, 0x80, 0xff]
        for _ in 0..<300 {
            let start = random.next() % 2 == 0 ? #"{"embeddings":[["# : #"{"data":[{"index":"#
            let noise = (0..<Int.random(in: 0...60, using: &random)).map { _ in alphabet.randomElement(using: &random)!
            }
            scanBoth(Array(start.utf8) + noise)
            scanBoth(noise)
        }
    }

    @Test(arguments: SeededRandom.seeds(10))
    func `survives damaged answers, and approves only what is a vector`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let plain = Answer.plain(["[1,2.5e-3]", "[-0.25,4]"])
        let numbered = Answer.numbered([("1", "[1,2]"), ("0", "[3,4e1]")])
        for _ in 0..<300 {
            for answer in [plain, numbered] {
                var damaged = answer
                for _ in 0..<Int.random(in: 1...4, using: &random) { damage(&damaged, &random) }
                // Two components are demanded.
                try AnswerProperty.check([2] + damaged)
            }
        }
    }

    private func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        guard let index = bytes.indices.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(bytes.randomElement(using: &random)!, at: index)
        default: bytes.swapAt(index, bytes.indices.randomElement(using: &random)!)
        }
    }

    private func scanBoth(_ answer: [UInt8]) {
        _ = try? VectorScan.embeddings(in: answer, dimension: 2)
        _ = try? VectorScan.numberedEmbeddings(in: answer, dimension: 2)
    }
}
