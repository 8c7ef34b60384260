import Testing
import WireJSON

@Suite
struct NumberedEmbeddingsTests {
    private func scan(_ vectors: [(number: String, vector: String)]) throws(VectorFault) -> [String] {
        Answer.strings(try VectorScan.numberedEmbeddings(in: Answer.numbered(vectors), dimension: 2))
    }

    @Test func `puts the vectors in the order of their numbers`() throws {
        #expect(try scan([("2", "[5,6]"), ("0", "[1,2]"), ("1", "[3,4]")]) == ["[1,2]", "[3,4]", "[5,6]"])
    }

    @Test(arguments: [["0", "0"], ["1", "2"], ["0", "-1"], ["0", "9223372036854775807"]])
    func `refuses numbers that are not each text's once`(numbers: [String]) {
        #expect(throws: VectorFault.misplaced) { try scan(numbers.map { ($0, "[1,2]") }) }
    }

    @Test(arguments: ["null", "1.0", "\"0\"", "1e0", "99999999999999999999", "[0]"])
    func `calls malformed a number that is none`(number: String) {
        let fault = #expect(throws: VectorFault.self) { try scan([(number, "[1,2]")]) }
        guard case .malformed = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }

    @Test(arguments: [#"{"embedding":[1,2]}"#, #"{"index":0}"#, "{}", "[1,2]", "null"])
    func `calls malformed an element without a number or a vector`(element: String) {
        let fault = #expect(throws: VectorFault.self) {
            try VectorScan.numberedEmbeddings(in: Array(#"{"data":[\#(element)]}"#.utf8), dimension: 2)
        }
        guard case .malformed = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }

    @Test func `reads an element's members in any order and passes over others`() throws {
        let answer = #"""
            {"usage":{"total_tokens":3},"data":[
              {"embedding":[3,4],"extra":{"index":7,"embedding":[9]},"index": 1},
              {"index":0 ,"object":"embedding","embedding": [1,2]}
            ]}
            """#
        let found = try VectorScan.numberedEmbeddings(in: Array(answer.utf8), dimension: 2)
        #expect(Answer.strings(found) == ["[1,2]", "[3,4]"])
    }

    @Test func `checks each vector as in the other form`() {
        #expect(throws: VectorFault.wrongDimension(index: 1, found: 3, expected: 2)) {
            try scan([("0", "[1,2]"), ("1", "[1,2,3]")])
        }
        #expect(throws: VectorFault.notFinite(index: 0)) { try scan([("0", "[null,1]")]) }
        #expect(throws: VectorFault.allZero(index: 0)) { try scan([("0", "[0,0.0]")]) }
    }
}
