internal import Pipeline
internal import Testing

extension Row {
    /// Checks what holds for every row, whatever is in it.
    func check() {
        #expect(String(validating: text, as: UTF8.self) != nil)
        #expect(text.contains { $0 > UInt8(ascii: " ") })
        #expect(payload.first == UInt8(ascii: "{") && payload.last == UInt8(ascii: "}"))
        textHash.checkHash()
        payloadHash.checkHash()
    }
}

extension Bytes {
    /// Checks that these are 64 lower-case hexadecimal digits.
    func checkHash() {
        #expect(count == 64)
        let isLowerCaseHexadecimal = allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
        #expect(isLowerCaseHexadecimal)
    }
}
