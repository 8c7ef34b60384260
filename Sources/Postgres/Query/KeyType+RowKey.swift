public import Pipeline

extension KeyType {
    /// The key that somebody wrote down so; nil where no row of a query with such keys can have it.
    public func key(writtenAs text: String) -> RowKey? {
        switch self {
        case .uuid: Self.isCanonicalUUID(text) ? .uuid(text) : nil
        case .bigint: UInt64(text).flatMap { $0 <= Int64.max && String($0) == text ? .integer($0) : nil }
        case .text: text.utf8.contains(0) ? nil : .text(text)
        }
    }

    /// As PostgreSQL prints them: lower case, with hyphens after 8, 12, 16 and 20 digits.
    private static func isCanonicalUUID(_ text: String) -> Bool {
        text.utf8.count == 36
            && text.utf8.enumerated().allSatisfy { offset, byte in
                switch byte {
                case UInt8(ascii: "-"): [8, 13, 18, 23].contains(offset)
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"):
                    ![8, 13, 18, 23].contains(offset)
                default: false
                }
            }
    }

    /// The key that PostgreSQL prints so; nil where no point can have it.
    func rowKey(_ text: String) -> RowKey? {
        switch self {
        case .uuid: .uuid(text)
        case .bigint: UInt64(text).map(RowKey.integer)
        case .text: .text(text)
        }
    }

    /// The keys as the text of a PostgreSQL array of this type. Keys that no row can have are left out: those of another
    /// type, numbers above a bigint's and texts with a null character.
    func array(_ keys: [RowKey]) -> String {
        let elements = keys.compactMap { key in
            switch (self, key) {
            case (.uuid, .uuid(let value)): value
            case (.bigint, .integer(let value)): Int64(exactly: value).map { String($0) }
            case (.text, .text(let value)): value.utf8.contains(0) ? nil : Self.quoted(value)
            default: nil
            }
        }
        return "{\(elements.joined(separator: ","))}"
    }

    /// In quotes everything stands for itself, but for these two.
    private static func quoted(_ text: String) -> String {
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { quoted.append(UInt8(ascii: "\\")) }
            quoted.append(byte)
        }
        quoted.append(UInt8(ascii: "\""))
        return String(decoding: quoted, as: UTF8.self)
    }
}
