/// Where the journal of one sync lies: a folder of its own in the directory that all syncs share.
public struct JournalLocation: Sendable, Hashable {
    /// Shared by all syncs, for example `~/.local/state/pattern-sync`; it need not exist yet.
    public var directory: String
    /// The name of the sync: any text.
    public var name: String

    public init(directory: String, name: String) {
        self.directory = directory
        self.name = name
    }

    /// The folder of this sync's journal, lock included.
    public var folder: String {
        "\(directory)/\(Self.fileName(for: name))"
    }

    /// The name with every byte that is not a letter, a digit, `.`, `-` or `_` as `%XX`.
    ///
    /// A leading dot is written so too, and no name at all is `%`.
    static func fileName(for name: String) -> String {
        if name.isEmpty { return "%" }
        var result = ""
        for (index, byte) in name.utf8.enumerated() {
            let isPlain =
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                case UInt8(ascii: "."): index > 0
                default: false
                }
            if isPlain {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += byte < 16 ? "%0" : "%"
                result += String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    /// The name that `fileName(for:)` made this of; nil when it made none of it.
    static func name(fromFileName fileName: String) -> String? {
        if fileName == "%" { return "" }
        var bytes: [UInt8] = []
        var rest = fileName.utf8[...]
        while let byte = rest.popFirst() {
            if byte != UInt8(ascii: "%") {
                bytes.append(byte)
                continue
            }
            guard let code = UInt8(Substring(rest.prefix(2)), radix: 16) else { return nil }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        guard let name = String(validating: bytes, as: UTF8.self), Self.fileName(for: name) == fileName else {
            return nil
        }
        return name
    }
}
