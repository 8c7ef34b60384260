internal import Foundation

/// JSON as it is written to streams and files: valid whatever the data, and safe to look at on a terminal.
enum JSONOutput {
    /// One object, and a line break.
    static func text(_ value: some Encodable, isPretty: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return String(decoding: try encoder.encode(value), as: UTF8.self).printableJSON + "\n"
    }
}
