/// The pass from points to rows: finds points that bear this sync's name and have no row any more.
struct StaleSweep: Sendable {
    let reader: any PointReader
    let lookup: any RowLookup
    let retrier: Retrier

    /// As many as a lookup answers for at once.
    private static let pageSize = 1_000

    /// What a prune may delete.
    struct Outcome: Sendable {
        var stale = 0
        var deleted = 0
        var retries = 0
    }

    /// Calls `body` with the stale points, a page at a time; each page's rows are asked for anew.
    ///
    /// - Returns: how often a request was tried again.
    @discardableResult
    func each(_ body: ([PointReference]) async throws(PipelineError) -> Void) async throws(PipelineError) -> Int {
        var retries = 0
        var page: Position?
        repeat {
            let from = page
            let found = try await retrier.run(.sink) { () async throws(PipelineError) in
                try await reader.ownPoints(from: from, limit: Self.pageSize)
            }
            let keys = found.result.points.compactMap(\.key)
            let rows = try await retrier.run(.source) { () async throws(PipelineError) in
                try await lookup.existing(keys)
            }
            let stale = found.result.points.filter { point in point.key.map { !rows.result.contains($0) } ?? true }
            if !stale.isEmpty { try await body(stale) }
            retries += found.retries + rows.retries
            page = found.result.next
        } while page != nil
        return retries
    }

    /// Counts the stale points.
    func count() async throws(PipelineError) -> Outcome {
        var outcome = Outcome()
        outcome.retries = try await each { stale throws(PipelineError) in outcome.stale += stale.count }
        return outcome
    }

    /// Deletes the stale points, asking for their rows once more: a row that was committed since keeps its point.
    ///
    /// - Parameters:
    ///   - most: deletes no more than these, whatever has become stale since they were counted.
    ///   - sink: of the same points.
    func delete(most: Int, from sink: any VectorSink, _ outcome: inout Outcome) async throws(PipelineError) {
        var left = most
        var deleted = 0
        var retries = 0
        retries += try await each { stale throws(PipelineError) in
            let doomed = Array(stale.prefix(left))
            guard !doomed.isEmpty else { return }
            retries += try await retrier.run(.sink) { () async throws(PipelineError) in try await sink.delete(doomed) }
                .retries
            left -= doomed.count
            deleted += doomed.count
        }
        outcome.deleted += deleted
        outcome.retries += retries
    }
}

/// Whether stale points are deleted, and how many of them without asking.
public struct PruneOptions: Sendable, Equatable {
    /// The most points to delete; nil leaves it to the brake.
    public var limit: Int?

    public init(limit: Int? = nil) {
        self.limit = limit
    }

    /// Stops a prune that looks like a mistake: more than ten points and more than a tenth of all.
    ///
    /// - Throws: `.setup`, with how many there are and how to allow them.
    public func check(stale: Int, of points: Int) throws(PipelineError) {
        if let limit {
            guard stale > limit else { return }
            throw PipelineError(
                .setup,
                "\(stale) points have no row any more, more than the \(limit) that --prune-limit allows",
                remedy: "see which with --dry-run --list; then allow them with --prune-limit \(stale)"
            )
        }
        guard stale > 10, stale * 10 > points else { return }
        throw PipelineError(
            .setup,
            "\(stale) of \(points) points have no row any more: too many to be deleted without being told so",
            remedy: "see which with --dry-run --list, and check that the table is the right one; then allow them with "
                + "--prune-limit \(stale)"
        )
    }
}
