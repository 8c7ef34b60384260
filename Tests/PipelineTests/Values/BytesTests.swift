import TestSupport
import Testing

@testable import Pipeline

@Suite
struct BytesTests {
    private func prefix(_ text: String, _ count: Int) -> String? {
        // A slice that does not begin at 0, as those of a chunk's buffer.
        let bytes = (Array("..".utf8) + Array(text.utf8)).dropFirst(2)
        return String(validating: bytes.prefixOfWholeCharacters(count), as: UTF8.self)
    }

    @Test func `cuts before a character rather than inside it`() {
        let text = "aé€😀z"  // 1, 2, 3, 4 and 1 bytes
        let prefixes = (0...12).map { prefix(text, $0) }
        #expect(
            prefixes == [
                "", "a", "a", "aé", "aé", "aé", "aé€", "aé€", "aé€", "aé€", "aé€😀", "aé€😀z", "aé€😀z",
            ]
        )
    }

    @Test func `leaves a text that is short enough`() {
        #expect(prefix("abc", 3) == "abc")
        #expect(prefix("abc", .max - 10) == "abc")
        #expect(prefix("", 5) == "")
        #expect(prefix("abc", -1) == "")
    }
}
