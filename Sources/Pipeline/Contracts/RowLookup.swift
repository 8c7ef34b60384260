/// Answers questions about single rows, each with what is committed at that moment.
///
/// The calls may be made any number of times at once. They throw `.server` when the same call may succeed later, `.setup`
/// when a person has to act; cancelling the task ends them with `.cancelled`, soon.
public protocol RowLookup: Sendable {
    /// The rows of these keys as they are now, at most a thousand keys. A row that is gone is missing, one that the
    /// source cannot accept is among the rejections.
    ///
    /// - Parameter bytes: the most bytes of text and payload to return together; a single larger row is returned alone.
    func rows(of keys: [RowKey], bytes: Int) async throws(PipelineError) -> FoundRows

    /// Which of these keys have a row now, whether it can be carried over or not. At most a thousand keys.
    func existing(_ keys: [RowKey]) async throws(PipelineError) -> Set<RowKey>

    /// Gives back what it holds; harmless when called twice. It may be used again afterwards.
    func close() async
}

/// What was found of the rows that were looked up.
public struct FoundRows: Sendable {
    /// In no particular order.
    public var rows: [Row]
    /// Rows that are there and cannot be carried over.
    public var rejections: [Rejection]
    /// Keys that were not looked at, because what was found before them filled the limit.
    public var unread: [RowKey]

    public init(rows: [Row], rejections: [Rejection] = [], unread: [RowKey] = []) {
        self.rows = rows
        self.rejections = rejections
        self.unread = unread
    }
}
