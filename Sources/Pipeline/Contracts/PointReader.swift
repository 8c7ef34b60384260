/// Tells what a target holds.
///
/// All calls may be made any number of times at once. They throw `.server` when the same call may succeed later and
/// `.setup` when a person has to act; cancelling the task ends them with `.cancelled`.
public protocol PointReader: Sendable {
    /// The points of these keys, whoever's name they bear; a key without a point is missing. At most a thousand keys.
    @concurrent func points(
        of keys: [RowKey],
        _ detail: PointDetail
    ) async throws(PipelineError) -> [RowKey: StoredPoint]

    /// Whether the payload that `point` brought along is, value by value, what storing `row` would make it, apart from
    /// the time of storing and the member that holds the hashes.
    func agrees(_ point: StoredPoint, with row: Row) -> Bool

    /// How many points bear this sync's name, counted exactly.
    @concurrent func count() async throws(PipelineError) -> Int

    /// The points that bear this sync's name, in an order of the target's own.
    ///
    /// - Parameters:
    ///   - page: where a page before said that the next one begins; nil for the first.
    ///   - limit: the most points to return.
    @concurrent func ownPoints(from page: Position?, limit: Int) async throws(PipelineError) -> PointPage
}
