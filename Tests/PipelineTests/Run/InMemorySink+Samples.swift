import Pipeline
import TestSupport

extension Point {
    /// The row with this number and the vector of its text.
    static func sample(_ number: Int, text: String? = nil, payload: String? = nil) -> Point {
        let row = Row.sample(number, text: text ?? "text of row \(number)", payload: payload)
        return Point(row: row, vector: FakeEmbedder.vector(of: row.text))
    }
}

extension InMemorySink {
    /// Holds the points of these rows.
    convenience init(holding rows: some Sequence<Int>) {
        self.init(rows.map { .sample($0) })
    }

    /// The point of the row with this number.
    subscript(_ row: Int) -> Stored? { content[.integer(UInt64(row))] }

    /// The keys of the points that it was told to delete.
    var deleted: [RowKey?] {
        log.flatMap { call -> [RowKey?] in
            guard case .delete(let points) = call else { return [] }
            return points.map(\.key)
        }
    }

    /// The rows whose payloads it was told to replace.
    var replaced: [RowKey] {
        log.flatMap { call -> [RowKey] in
            guard case .replace(let updates) = call else { return [] }
            return updates.map(\.row.key)
        }
    }
}
