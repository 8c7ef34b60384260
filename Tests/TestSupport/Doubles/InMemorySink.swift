package import Pipeline
internal import Threading

/// Keeps points in a dictionary.
package final class InMemorySink: VectorSink {
    /// A point, and how many times it was stored.
    package struct Stored: Sendable {
        package var point: Point
        package var times: Int
    }

    private let before: @Sendable (_ call: Int, _ points: [Point]) async throws(PipelineError) -> Void
    private let forgets: Bool
    private let storesPartOnFault: Bool
    private let points: Locked<[RowKey: Stored]>
    private let calls = Level()
    /// How many upserts it is working on.
    package let inFlight = Level()
    /// How many points it was given and has stored.
    package let accepted = Level()

    /// - Parameters:
    ///   - forgets: whether it drops the points instead of keeping them.
    ///   - storesPartOnFault: whether an upsert that fails has stored the first half of its points.
    ///   - before: is awaited in each upsert with its number, from 1, and its points; what it throws, the upsert
    ///     throws.
    package init(
        _ points: [Point] = [],
        forgets: Bool = false,
        storesPartOnFault: Bool = false,
        before: @escaping @Sendable (_ call: Int, _ points: [Point]) async throws(PipelineError) -> Void = { _, _ in }
    ) {
        self.before = before
        self.forgets = forgets
        self.storesPartOnFault = storesPartOnFault
        self.points = Locked([:])
        store(points[...])
    }

    /// How many upserts it was sent.
    package var requests: Int { calls.value }

    package var content: [RowKey: Stored] { points.withLock { $0 } }

    @concurrent
    package func upsert(_ points: [Point]) async throws(PipelineError) -> Int {
        inFlight.change(by: 1)
        defer { inFlight.change(by: -1) }
        do throws(PipelineError) {
            try await before(calls.next(), points)
            if Task.isCancelled { throw .cancelled }
        } catch {
            if storesPartOnFault { store(points.prefix(points.count / 2)) }
            throw error
        }
        store(points[...])
        return 1
    }

    @concurrent
    package func existing(_ keys: [RowKey]) async throws(PipelineError) -> Set<RowKey> {
        points.withLock { points in Set(keys.filter { points[$0] != nil }) }
    }

    private func store(_ new: ArraySlice<Point>) {
        if !forgets {
            points.withLock { points in
                for point in new {
                    points[point.row.key] = Stored(point: point, times: 1 + (points[point.row.key]?.times ?? 0))
                }
            }
        }
        accepted.change(by: new.count)
    }
}
