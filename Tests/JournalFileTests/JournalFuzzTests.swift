import Foundation
import Testing

struct JournalFuzzTests {
    @Test func `holds its property over the corpus of the fuzzer`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fuzz/Corpus/Journal").standardized
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!files.isEmpty)
        for file in files {
            let input = try Data(contentsOf: folder.appending(path: file))
            #expect(throws: Never.self, "\(file)") { try JournalProperty.check(Array(input)) }
        }
    }
}
