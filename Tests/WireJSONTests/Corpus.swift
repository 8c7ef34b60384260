import Foundation
import Testing

/// The inputs that the fuzzers begin with.
enum Corpus {
    static func check(_ name: String, _ property: ([UInt8]) throws -> Void) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fuzz/Corpus/\(name)").standardized
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!files.isEmpty)
        for file in files {
            let input = try Data(contentsOf: folder.appending(path: file))
            #expect(throws: Never.self, "\(file)") { try property(Array(input)) }
        }
    }
}
