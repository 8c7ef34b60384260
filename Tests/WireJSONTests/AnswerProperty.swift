import Foundation
import WireJSON

/// What holds of every answer, however an embedding server spoils it.
enum AnswerProperty {
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter input: its first byte is the dimension that is demanded, none where it is 0; the answer follows.
    static func check(_ input: [UInt8]) throws {
        guard let first = input.first else { return }
        let dimension = first % 5 == 0 ? nil : Int(first % 5)
        let answer = Array(input.dropFirst())
        let plain = try? VectorScan.embeddings(in: answer, dimension: dimension)
        let numbered = try? VectorScan.numberedEmbeddings(in: answer, dimension: dimension)
        for vector in (plain ?? []) + (numbered ?? []) { try checkVector(vector, of: answer, dimension) }
        try compare(plain, with: expected(answer, dimension))
        try checkCursor(answer)
    }

    private static func require(_ condition: Bool, _ text: @autoclosure () -> String) throws {
        guard condition else { throw Violation(description: text()) }
    }

    /// It is a slice of the answer, and others read finite 32-bit numbers in it, not all of them zero.
    private static func checkVector(_ vector: ArraySlice<UInt8>, of answer: [UInt8], _ dimension: Int?) throws {
        let text = String(decoding: vector, as: UTF8.self)
        try require(answer[vector.startIndex..<vector.endIndex] == vector, "no slice of the answer: \(text)")
        // Not by a decoder: one of them refuses exponents that are far beyond a double, which are zero.
        let components = text.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        try require(components.allSatisfy(isNumber), "no numbers: \(text)")
        let numbers = components.map { strtof($0, nil) }
        try require(dimension == nil || numbers.count == dimension, "\(numbers.count) components: \(text)")
        try require(VectorScan.componentCount(vector) == numbers.count, "componentCount is wrong: \(text)")
        try require(numbers.allSatisfy(\.isFinite), "not finite: \(text)")
        try require(numbers.contains { $0 != 0 }, "all zero: \(text)")
    }

    private static func isNumber(_ text: String) -> Bool {
        text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil
    }

    /// The vectors that a decoder finds; nil where it finds none, or where there is doubt.
    private static func expected(_ answer: [UInt8], _ dimension: Int?) -> [[Double]]? {
        // A name that stands there twice, and spellings of it, are read differently by everybody; and decoders take what
        // is no JSON, such as a comma too many.
        let text = String(decoding: answer, as: UTF8.self)
        guard answer.first == UInt8(ascii: "{"), !answer.contains(0), text.utf8.elementsEqual(answer),
            JSONEquality.areEqual(answer[...], answer[...]),
            text.components(separatedBy: "\"embeddings\"").count == 2, !text.contains("\\"),
            let object = try? JSONSerialization.jsonObject(with: Data(answer)) as? [String: Any],
            object["embeddings"] != nil,
            let vectors = try? JSONDecoder().decode(Vectors.self, from: Data(answer)).embeddings
        else { return nil }
        let areSound = vectors.allSatisfy { vector in
            (dimension == nil || vector.count == dimension) && vector.contains { $0 != 0 }
                && vector.allSatisfy { $0 == 0 || (1e-30...1e30).contains($0.magnitude) }
        }
        return areSound ? vectors : nil
    }

    private struct Vectors: Decodable {
        let embeddings: [[Double]]
    }

    /// What others read is found, number by number.
    private static func compare(_ found: [ArraySlice<UInt8>]?, with expected: [[Double]]?) throws {
        guard let expected else { return }
        guard let found else { throw Violation(description: "vectors that others find were refused") }
        try require(found.count == expected.count, "\(found.count) vectors instead of \(expected.count)")
        for (vector, numbers) in zip(found, expected) {
            let read = try JSONDecoder().decode([Double].self, from: Data(vector))
            try require(read == numbers, "\(read) instead of \(numbers)")
        }
    }

    /// A value that the cursor hands out is a slice, and a string says what others read in it.
    private static func checkCursor(_ json: [UInt8]) throws {
        var cursor = JSONCursor(json)
        if let value = try? cursor.value() {
            try require(json[value.startIndex..<value.endIndex] == value, "no slice of the text")
        }
        cursor = JSONCursor(json)
        guard json.first == UInt8(ascii: "\""), json.allSatisfy({ $0 >= 0x20 }),
            String(validating: json, as: UTF8.self) != nil,
            let expected = try? JSONDecoder().decode(String.self, from: Data(json))
        else { return }
        let string = try cursor.string()
        try require(string?.elementsEqual(expected.utf8) == true, "a string is not '\(expected)'")
    }
}
