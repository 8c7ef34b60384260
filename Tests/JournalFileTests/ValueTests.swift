import Testing

@testable import JournalFile

struct CRC32CTests {
    @Test func `gives the known values`() {
        #expect(CRC32C.checksum(Array("123456789".utf8)[...]) == 0xE306_9283)
        #expect(CRC32C.checksum([]) == 0)
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)[...]) == 0x8A91_36AA)
        #expect(CRC32C.checksum([UInt8](0..<32)[...]) == 0x46DD_794E)
    }

    @Test func `does not mind how the bytes are parted`() {
        let bytes = (0..<100).map { UInt8($0 * 7 % 256) }
        for cut in 0...bytes.count {
            #expect(CRC32C.checksum(bytes[..<cut], bytes[cut...]) == CRC32C.checksum(bytes[...]))
        }
    }
}

struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_772_357_400_250, "2026-03-01T09:30:00.250Z"),
        (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
    ])
    func `prints ISO 8601 and reads it again`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-03-01", "2026-03-01T09:30:00Z", "2026-02-30T09:30:00.250Z", "2026-03-01 09:30:00.250Z",
        "2026-03-01T09:30:00.25xZ", "2026-03-01T25:30:00.250Z",
    ])
    func `reads nothing else`(text: String) {
        #expect(Timestamp(text) == nil)
    }
}

struct JournalLocationTests {
    @Test(arguments: [
        ("code_patterns", "code_patterns"), ("a/b", "a%2Fb"), ("", "%"), (".", "%2E"), ("..", "%2E."),
        ("50% off", "50%25%20off"), ("%", "%25"), ("größe.v2", "gr%C3%B6%C3%9Fe.v2"), ("tab\u{0}\t", "tab%00%09"),
    ])
    func `makes a file name of any name, and the name of it again`(name: String, fileName: String) {
        #expect(JournalLocation.fileName(for: name) == fileName)
        #expect(JournalLocation.name(fromFileName: fileName) == name)
    }

    @Test(arguments: ["a%2", "a%zz", "a b", "%61", "%ff", "%2f", ".hidden", "%FF"])
    func `does not take other file names for names`(fileName: String) {
        #expect(JournalLocation.name(fromFileName: fileName) == nil)
    }
}
