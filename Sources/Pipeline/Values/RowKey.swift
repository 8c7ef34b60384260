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
}
