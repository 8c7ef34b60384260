import Testing
import WireJSON

@Suite
struct VectorScanTests {
    @Test func `finds the vectors in their order, byte for byte`() throws {
        let vectors = ["[1,2.5,-3e-2]", "[0.1, 0.2 ,0.3]", "[ 1e+3,\n0,-0.0]"]
        let found = try VectorScan.embeddings(in: Answer.plain(vectors), dimension: 3)
        #expect(Answer.strings(found) == vectors)
        #expect(found.map(VectorScan.componentCount) == [3, 3, 3])
    }

    @Test func `hands out slices of the answer itself`() throws {
        let answer = Answer.plain(["[1,2]", "[3,4]"])
        for vector in try VectorScan.embeddings(in: answer, dimension: 2) {
            #expect(answer[vector.startIndex..<vector.endIndex] == vector)
            #expect(vector.first == UInt8(ascii: "[") && vector.last == UInt8(ascii: "]"))
        }
    }

    @Test func `takes any number of components when none is demanded`() throws {
        let found = try VectorScan.embeddings(in: Answer.plain(["[1]", "[1,2,3,4]"]), dimension: nil)
        #expect(found.map(VectorScan.componentCount) == [1, 4])
    }

    @Test func `finds no vectors in an empty list`() throws {
        #expect(try VectorScan.embeddings(in: Answer.plain([]), dimension: 3).isEmpty)
        #expect(try VectorScan.numberedEmbeddings(in: Answer.numbered([]), dimension: 3).isEmpty)
    }

    @Test(arguments: [0, 1, 2, 4])
    func `refuses another number of components and says which vector has it`(count: Int) {
        let wrong = "[\(Array(repeating: "1", count: count).joined(separator: ","))]"
        #expect(throws: VectorFault.wrongDimension(index: 1, found: count, expected: 3)) {
            try VectorScan.embeddings(in: Answer.plain(["[1,2,3]", wrong]), dimension: 3)
        }
    }

    @Test func `refuses a vector without components even when none are demanded`() {
        #expect(throws: VectorFault.self) { try VectorScan.embeddings(in: Answer.plain(["[]"]), dimension: nil) }
    }

    @Test(arguments: ["[0,0,0]", "[0.0,-0.0,0e5]", "[1e-50,-1e-400,0.00]", "[0e999999999999,0,0]"])
    func `refuses a vector that is all zero to a 32-bit float`(vector: String) {
        #expect(throws: VectorFault.allZero(index: 2)) {
            try VectorScan.embeddings(in: Answer.plain(["[1,2,3]", "[1,2,3]", vector]), dimension: 3)
        }
    }

    @Test(arguments: ["[0,0,1e-44]", "[0,-0.0,-3]", "[1e-50,0.0000000001,0]", "[0,0,100000e-40]"])
    func `takes a vector of which one component is not zero`(vector: String) throws {
        #expect(try Answer.strings(VectorScan.embeddings(in: Answer.plain([vector]), dimension: 3)) == [vector])
    }

    @Test func `passes over everything else in the answer`() throws {
        let answer = #"""
             { "a" : {"embeddings":[[9]],"b":[{"c":[]},[[]],"]}"]}, "d":"\"embeddings\":[[8]]\\", "e":null, "f":-1.5e3,
            "ünïcode \u00e9": true, "embeddings" : [ [1,2] , [3,4] ] , "z": [{"x": "[", "y": "\\\""}, false] }
            """#
        #expect(try Answer.strings(VectorScan.embeddings(in: Array(answer.utf8), dimension: 2)) == ["[1,2]", "[3,4]"])
    }

    @Test(arguments: [#"{}"#, #"{"error":"busy"}"#, #"{"embedding":[1,2]}"#, #"{"a":{"embeddings":[[1]]}}"#, " { } "])
    func `tells when there is no list of vectors`(answer: String) {
        #expect(throws: VectorFault.missing) { try VectorScan.embeddings(in: Array(answer.utf8), dimension: 1) }
        #expect(throws: VectorFault.missing) { try VectorScan.numberedEmbeddings(in: Array(answer.utf8), dimension: 1) }
    }

    @Test(arguments: [
        "", " ", "null", "[]", "<html>", #"{"embeddings"}"#, #"{"embeddings":null}"#, #"{"embeddings":{}}"#,
        #"{"embeddings":[1,2]}"#, #"{"embeddings":[[1,2]"#, #"{"embeddings":[[1,2],]}"#, #"{"embeddings":[[1,2]],}"#,
        #"{"embeddings":[[1 2]]}"#, #"{"embeddings":[[1,2]][[3,4]]}"#, #"{embeddings:[[1,2]]}"#,
        #"{"embeddings":[["1","2"]]}"#, #"{"embeddings":[[[1,2]]]}"#, #"{"embeddings":[[1,true]]}"#, #"{"a":}"#, "{\"",
        "{\"\\", "{\"a\\\"", #"{"a":]"#, #"{"a" 1}"#, #"{"a":1 "embeddings":[[1,2]]}"#,
    ])
    func `calls malformed what is not the expected JSON`(answer: String) throws {
        let fault = #expect(throws: VectorFault.self) {
            try VectorScan.embeddings(in: Array(answer.utf8), dimension: 2)
        }
        guard case .malformed(let offset) = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect((0...answer.utf8.count).contains(offset))
    }

    @Test func `calls malformed an answer that is cut short at any byte`() {
        let plain = Answer.plain(["[1,2.5e1]", "[-0.25,4]"])
        let numbered = Answer.numbered([("1", "[1,2]"), ("0", "[3,4]")])
        for end in plain.indices {
            let fault = #expect(throws: VectorFault.self) {
                try VectorScan.embeddings(in: Array(plain[..<end]), dimension: 2)
            }
            #expect(fault.isMalformed, "\(end)")
        }
        for end in numbered.indices {
            let fault = #expect(throws: VectorFault.self) {
                try VectorScan.numberedEmbeddings(in: Array(numbered[..<end]), dimension: 2)
            }
            #expect(fault.isMalformed, "\(end)")
        }
    }

    @Test func `is not exhausted by deep nesting`() throws {
        let depth = 200_000
        let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let answer = #"{"junk":\#(nested),"embeddings":[[1]]}"#
        #expect(try VectorScan.embeddings(in: Array(answer.utf8), dimension: 1).count == 1)
    }

    @Test func `tells what is wrong in words`() {
        let faults: [VectorFault] = [
            .malformed(offset: 17), .missing, .misplaced, .wrongDimension(index: 0, found: 3, expected: 768),
            .notFinite(index: 0), .allZero(index: 0),
        ]
        #expect(Set(faults.map(\.description)).count == faults.count)
        #expect("\(faults[0])".contains("17"))
        #expect("\(faults[3])".contains("3") && "\(faults[3])".contains("768"))
    }
}

extension VectorFault? {
    fileprivate var isMalformed: Bool {
        if case .malformed = self { true } else { false }
    }
}
