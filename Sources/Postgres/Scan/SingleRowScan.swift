internal import Pipeline

/// Reads rows in key order one at a time: what a cursor is given up for where one of them cannot be read.
struct SingleRowScan {
    let statement: ScanStatement
    let content: Content

    /// Takes rows into `builder` until the chunk is full, in a transaction of `connection` that has just begun.
    ///
    /// - Parameter lastKey: the key behind which it goes on; nil at the start.
    /// - Returns: whether there is any row behind it.
    func read(
        after lastKey: String?,
        _ limit: ChunkLimit,
        into builder: inout ChunkBuilder,
        _ connection: borrowing Connection
    ) throws(PipelineError) -> Bool {
        let keys = try keys(after: lastKey, atMost: limit.rows, connection)
        if keys.isEmpty { return false }
        let reader = try SingleRowReader(statement, content, connection)
        var previous = lastKey
        for key in keys {
            if let previous, previous.utf8.elementsEqual(key.utf8) { throw .duplicate(key) }
            previous = key
            guard try reader.read(key, into: &builder, bytes: limit.bytes, connection) else { break }
        }
        return true
    }

    private func keys(
        after lastKey: String?,
        atMost count: Int,
        _ connection: borrowing Connection
    ) throws(PipelineError) -> ArraySlice<String> {
        // One more, since the first may be the one that was read last.
        let found = try PostgresFault.ofQuery { () throws(PipelineError) in
            try connection.execute(
                statement.keys(fromKey: lastKey != nil, count: count + 1),
                lastKey.map { [$0] } ?? [],
                while: "reading keys"
            )
        }
        var keys = (0..<found.rowCount).compactMap { found.validText($0, 0) }[...]
        if let first = keys.first, let lastKey, first.utf8.elementsEqual(lastKey.utf8) { keys = keys.dropFirst() }
        return keys.prefix(count)
    }
}
