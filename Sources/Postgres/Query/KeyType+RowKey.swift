internal import Pipeline

extension KeyType {
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
