internal import Pipeline

/// Reads rows one at a time, so that one for which an expression of the query fails stands alone and is rejected.
///
/// PostgreSQL says that an expression failed, not for which row, and sends no further rows of the statement.
struct SingleRowReader {
    let statement: ScanStatement
    let content: Content

    private static let action = "reading a single row"

    /// Reads rows in a transaction of `connection` that has just begun.
    init(
        _ statement: ScanStatement,
        _ content: Content,
        _ connection: borrowing Connection
    ) throws(PipelineError) {
        self.statement = statement
        self.content = content
        // What fails is undone up to here, and the transaction goes on.
        _ = try connection.execute("SAVEPOINT single_row", while: Self.action)
    }

    /// Takes the row of `key` into `builder`, or rejects it there; a row that is gone is passed over.
    ///
    /// - Returns: whether there was room for it in so many bytes.
    func read(
        _ key: String,
        into builder: inout ChunkBuilder,
        bytes: Int,
        _ connection: borrowing Connection
    ) throws(PipelineError) -> Bool {
        do throws(PipelineError) {
            let rows = try connection.execute(statement.single(content), [key], while: Self.action)
            // A collation may take keys for equal that are not.
            guard let own = (0..<rows.rowCount).first(where: { isRow($0, of: rows, key) }) else { return true }
            guard builder.hasRoom(for: rows, row: own, in: bytes) else { return false }
            try builder.append(rows, row: own)
        } catch {
            guard error.rowFault == .unreadable else { throw error }
            _ = try connection.execute("ROLLBACK TO SAVEPOINT single_row", while: Self.action)
            builder.rejectUnreadable(key, error)
        }
        return true
    }

    private func isRow(_ row: Int, of rows: borrowing QueryResult, _ key: String) -> Bool {
        rows.validText(row, ScanStatement.Column.key.rawValue).map { $0.utf8.elementsEqual(key.utf8) } ?? false
    }
}
