internal import Pipeline

/// What kind of keys the rows of a sync have, and so what its points' ids are.
public enum PointKeyKind: Sendable {
    case uuid
    case integer
    /// The ids are made of the keys, which the points keep beside them.
    case text
}

extension PointKeyKind {
    /// The key of the row that a point is of; nil when no row of the sync can have made it.
    ///
    /// - Parameters:
    ///   - id: as JSON.
    ///   - keptKey: what the point says that its key is.
    func key(id: String, keptKey: Bytes?, source: String) -> RowKey? {
        switch self {
        case .uuid: return id.hasPrefix("\"") ? .uuid(String(id.dropFirst().dropLast())) : nil
        case .integer: return UInt64(id).map { .integer($0) }
        case .text:
            guard let keptKey else { return nil }
            let key = RowKey.text(String(decoding: keptKey, as: UTF8.self))
            return PointID(key, source: source).json == id ? key : nil
        }
    }
}
