/// Text that is not the JSON that was asked for: where it stops making sense, and why.
struct JSONSyntaxError: Error, CustomStringConvertible {
    let message: String
    /// Offset in bytes of the offending byte; the text's length when the text ends too early.
    let offset: Int
    let line: Int
    let column: Int

    init(_ message: String, at offset: Int, in text: UnsafeBufferPointer<UInt8>) {
        self.message = message
        self.offset = offset
        var line = 1
        var column = 0
        for index in 0..<min(offset + 1, text.count) {
            if text[index] == UInt8(ascii: "\n") {
                line += 1
                column = 0
            } else {
                column += 1
            }
        }
        self.line = line
        self.column = column
    }

    var description: String { "\(message) at line \(line) column \(column)" }
}
