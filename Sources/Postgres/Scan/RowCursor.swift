internal import Pipeline

/// A cursor that is open in a transaction of its own, and what was fetched of it.
///
/// It is opened at the last key that was read, not behind it: so a neighbour with an equal key shows.
struct RowCursor: ~Copyable {
    private let openedAt: Duration
    /// Rows that were asked for and may still come.
    private var expected = 0
    /// A row that was fetched and is not taken yet.
    private var heldBack: QueryResult?
    /// The key that the next row must not have.
    private var previousKey: String?
    /// Whether the next row may be the one at which the cursor was opened: it was read before.
    private var mayRepeat: Bool

    private static let action = "reading rows"

    /// Opens one in a transaction of `connection` that has just begun.
    ///
    /// - Parameter lastKey: where reading goes on; nil at the start.
    init(
        _ statement: ScanStatement,
        _ content: Content,
        at lastKey: String?,
        _ connection: borrowing Connection,
        _ clock: RunClock
    ) throws(PipelineError) {
        _ = try connection.execute(
            "DECLARE pattern_sync NO SCROLL CURSOR FOR \(statement.scan(content, fromKey: lastKey != nil))",
            lastKey.map { [$0] } ?? [],
            while: "opening the cursor"
        )
        openedAt = clock.now
        previousKey = lastKey
        mayRepeat = lastKey != nil
    }

    /// The next row, fetched together with others so that there are `count`; nil behind the last one.
    mutating func next(_ count: Int, _ connection: borrowing Connection) throws(PipelineError) -> QueryResult? {
        if let row = heldBack.take() { return row }
        if expected == 0 {
            try connection.startRows("FETCH FORWARD \(count) FROM pattern_sync", while: Self.action)
            expected = count
        }
        // Fewer rows than were asked for are the last.
        guard let row = try connection.nextRow(while: Self.action) else { return nil }
        expected -= 1
        // The end of the FETCH has to be seen before the connection takes another statement.
        if expected == 0 { _ = try connection.nextRow(while: Self.action) }
        return row
    }

    /// Takes a row back that has just come: it is the next one again.
    mutating func putBack(_ row: consuming QueryResult) {
        heldBack = consume row
    }

    /// Whether a row with this key is to be taken in, and not the one again at which the cursor was opened.
    ///
    /// - Parameter key: nil when it is not valid UTF-8.
    /// - Throws: `.setup` when the row before has the same key.
    mutating func isNew(_ key: String?) throws(PipelineError) -> Bool {
        defer {
            previousKey = key
            mayRepeat = false
        }
        // Byte by byte: Swift takes different texts for equal that Unicode takes for the same.
        guard let key, let previousKey, key.utf8.elementsEqual(previousKey.utf8) else { return true }
        guard mayRepeat else { throw .duplicate(key) }
        return false
    }

    /// Whether another cursor can go on where this one is, which is so old: never inside a FETCH, and never behind a key that
    /// no position can name.
    borrowing func canBeReplaced(after age: Duration, _ clock: RunClock) -> Bool {
        guard expected == 0, heldBack == nil, previousKey != nil else { return false }
        return clock.now - openedAt >= age
    }
}
