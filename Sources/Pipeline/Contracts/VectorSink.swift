/// Where points are stored.
public protocol VectorSink: Sendable {
    /// Stores the points, replacing those of the same keys.
    ///
    /// - Returns: how many requests it took; when it returns, all points are stored durably.
    /// - Throws: `.server` when the same call may succeed later; `.row` when one of the points is at fault, which one is
    ///   found by storing fewer; `.setup` when no call can succeed. After any error some of the points may be stored:
    ///   storing them again is harmless.
    /// - May be called any number of times at once. Cancelling the task ends the requests.
    @concurrent func upsert(_ points: [Point]) async throws(PipelineError) -> Int

    /// Which of the keys have a point. At most a thousand keys at a time.
    @concurrent func existing(_ keys: [RowKey]) async throws(PipelineError) -> Set<RowKey>
}
