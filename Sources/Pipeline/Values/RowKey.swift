/// The key of a row: unique in its source, stable for the row's life.
public enum RowKey: Hashable, Sendable, CustomStringConvertible {
    /// A UUID in its canonical form: lower case, hyphenated.
    case uuid(String)
    /// A non-negative integer.
    case integer(UInt64)
    /// Any other text.
    case text(String)

    public var description: String {
        switch self {
        case .uuid(let value), .text(let value): value
        case .integer(let value): String(value)
        }
    }

    /// Equal to the byte: unlike strings, keys that only look the same are different keys.
    public static func == (left: RowKey, right: RowKey) -> Bool {
        switch (left, right) {
        case (.uuid(let left), .uuid(let right)), (.text(let left), .text(let right)):
            left.utf8.elementsEqual(right.utf8)
        case (.integer(let left), .integer(let right)): left == right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .uuid(let value), .text(let value):
            for byte in value.utf8 { hasher.combine(byte) }
        case .integer(let value): hasher.combine(value)
        }
    }
}
