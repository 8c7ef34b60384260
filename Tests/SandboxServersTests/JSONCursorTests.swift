import Testing

@testable import SandboxServers

@Suite struct JSONCursorTests {
    @Test(arguments: [
        "{}", "[]", "null", " [1, -0.5e-3 , true,false,null,\"a\\u00e9\\ud83d\\ude00\\n\"] ", "{\"a\":{\"b\":[]}}",
        "1e308",
        "0", "-0", "\"\u{1F600}\"",
    ])
    func `accepts valid text`(text: String) throws {
        try JSONCursor.read(Array(text.utf8)) { try $0.skipValue() }
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "+1", "1.", ".5", "1e", "--1", "NaN", "Infinity", "nul",
        "1 2",
        "\"\\x\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\n\"", "\"abc", "1e400", "-1e400", "[1 2]",
        "'a'",
    ])
    func `refuses what is not JSON or out of range`(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONCursor.read(Array(text.utf8)) { try $0.skipValue() } }
    }

    @Test(
        arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] as [[UInt8]]
    )
    func `refuses strings that are not UTF-8`(bytes: [UInt8]) {
        #expect(throws: JSONSyntaxError.self) {
            try JSONCursor.read([0x22] + bytes + [0x22]) { try $0.skipValue() }
        }
    }

    @Test func `allows 127 levels of nesting and refuses the 128th`() throws {
        let fine = String(repeating: "[", count: 127) + String(repeating: "]", count: 127)
        try JSONCursor.read(Array(fine.utf8)) { try $0.skipValue() }
        let deep = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
        let error = #expect(throws: JSONSyntaxError.self) {
            try JSONCursor.read(Array(deep.utf8)) { try $0.skipValue() }
        }
        #expect(error?.description == "recursion limit exceeded at line 1 column 128" || error?.column == 129)
    }

    @Test func `reads back every float that it prints`() throws {
        var generator = SeededGenerator(seed: 7)
        var floats: [Float] = [0, -0.0, 1, -1, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e-7, 16_777_216, 0.1]
        while floats.count < 2000 {
            let float = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
            if float.isFinite { floats.append(float) }
        }
        var writer = JSONWriter()
        floats.withUnsafeBufferPointer { writer.floats($0) }
        var read: [Float] = []
        try JSONCursor.read(writer.bytes) { try $0.floats(into: &read) }
        #expect(read.map(\.bitPattern) == floats.map(\.bitPattern))
    }

    @Test(arguments: [
        "0.1", "123456789012345678901234567890", "1.7976931348623157e308", "4.9e-324", "9007199254740993",
    ])
    func `converts a number as the standard library does`(text: String) throws {
        let value = try JSONCursor.read(Array(text.utf8)) { try $0.number().double }
        #expect(value == Double(text))
    }

    @Test func `keeps numbers and strings as they were written`() throws {
        let text = #"{"n":18446744073709551615,"d":1.10,"s":"é\u0001\"\\"}"#
        let value = try JSONValue(parsing: Array(text.utf8))
        #expect(String(decoding: value.bytes, as: UTF8.self) == text)
    }

    @Test func `tells where the text stops making sense`() {
        let error = #expect(throws: JSONSyntaxError.self) { _ = try JSONValue(parsing: Array("[1,\n x]".utf8)) }
        #expect(error?.line == 2)
        #expect(error?.column == 2)
    }
}
