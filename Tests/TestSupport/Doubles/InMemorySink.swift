package import Pipeline
internal import Threading

/// Keeps points in a dictionary, under marks as a target keeps them.
package final class InMemorySink: VectorSink {
    /// A point as it is kept, and how many times it was stored.
    package struct Stored: Sendable {
        package var point: Point
        package var times: Int
        package var mark = StoredPoint.Mark.current
        /// Whether the text is in its payload.
        package var tellsText = true
    }

    /// A call that is no upsert, with what it is about.
    package enum Call: Sendable {
        case points([RowKey], PointDetail)
        case count
        case page
        case replace([PayloadUpdate])
        case delete([PointReference])
    }

    struct State {
        var points: [RowKey: Stored] = [:]
        /// Ids of points that bear this sync's name and that no row can have made.
        var strays: Set<String> = []
        var log: [Call] = []
    }

    private let before: @Sendable (_ call: Int, _ points: [Point]) async throws(PipelineError) -> Void
    private let beforeCall: @Sendable (_ call: Call) async throws(PipelineError) -> Void
    let forgets: Bool
    private let storesPartOnFault: Bool
    let state = Locked(State())
    private let calls = Level()
    /// How many upserts it is working on.
    package let inFlight = Level()
    /// How many points it was given and has stored.
    package let accepted = Level()

    /// - Parameters:
    ///   - forgets: whether it counts the points instead of keeping them.
    ///   - storesPartOnFault: whether an upsert that fails has stored the first half of its points.
    ///   - before: is awaited in each upsert with its number, from 1, and its points; what it throws, the upsert
    ///     throws.
    ///   - beforeCall: is awaited in each other call; what it throws, the call throws.
    package init(
        _ points: [Point] = [],
        forgets: Bool = false,
        storesPartOnFault: Bool = false,
        before: @escaping @Sendable (_ call: Int, _ points: [Point]) async throws(PipelineError) -> Void = { _, _ in },
        beforeCall: @escaping @Sendable (_ call: Call) async throws(PipelineError) -> Void = { _ in }
    ) {
        self.before = before
        self.beforeCall = beforeCall
        self.forgets = forgets
        self.storesPartOnFault = storesPartOnFault
        store(points[...])
    }

    /// How many upserts it was sent.
    package var requests: Int { calls.value }

    package var content: [RowKey: Stored] { state.withLock { $0.points } }

    /// The calls that were no upserts, in the order in which they came.
    package var log: [Call] { state.withLock { $0.log } }

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
    package func replacePayloads(_ updates: [PayloadUpdate]) async throws(PipelineError) -> Int {
        try await enter(.replace(updates))
        for update in updates {
            let isThere = state.withLock { $0.points[update.row.key]?.take(update) != nil }
            guard isThere else { throw PipelineError(.row(.unstorable), "there is no point \(update.row.key)") }
        }
        return 1
    }

    @concurrent
    package func delete(_ points: [PointReference]) async throws(PipelineError) -> Int {
        try await enter(.delete(points))
        let ids = Set(points.map(\.id))
        state.withLock { state in
            state.points = state.points.filter { !ids.contains($0.key.description) }
            state.strays.subtract(ids)
        }
        return 1
    }

    @concurrent
    package func probe() async throws(PipelineError) -> Int {
        try await enter(.delete([]))
        return 1
    }

    func enter(_ call: Call) async throws(PipelineError) {
        state.withLock { $0.log.append(call) }
        try await beforeCall(call)
        if Task.isCancelled { throw .cancelled }
    }

    private func store(_ new: ArraySlice<Point>) {
        if !forgets {
            state.withLock { state in
                for point in new {
                    let times = 1 + (state.points[point.row.key]?.times ?? 0)
                    state.points[point.row.key] = Stored(point: point, times: times)
                }
            }
        }
        accepted.change(by: new.count)
    }
}

extension InMemorySink.Stored {
    /// Takes the payload and keeps the vector.
    fileprivate mutating func take(_ update: PayloadUpdate) {
        point.row = update.row
        point.isTruncated = update.isTruncated
        mark = .current
        tellsText = true
    }
}
