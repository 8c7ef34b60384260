package import Pipeline
internal import Threading

extension InMemorySink {
    @concurrent
    package func points(
        of keys: [RowKey],
        _ detail: PointDetail
    ) async throws(PipelineError) -> [RowKey: StoredPoint] {
        try await enter(.points(keys, detail))
        guard keys.count <= 1_000 else { throw PipelineError(.setup, "asked for \(keys.count) points at once") }
        let content = content
        var found: [RowKey: StoredPoint] = [:]
        for key in keys { found[key] = content[key].map { StoredPoint($0, detail) } }
        return found
    }

    package func agrees(_ point: StoredPoint, with row: Row) -> Bool {
        point.payload == row.storedPayload
    }

    @concurrent
    package func count() async throws(PipelineError) -> Int {
        try await enter(.count)
        return forgets ? accepted.value : ownIDs.count
    }

    @concurrent
    package func ownPoints(from page: Position?, limit: Int) async throws(PipelineError) -> PointPage {
        try await enter(.page)
        let keys = Dictionary(uniqueKeysWithValues: content.keys.map { ($0.description, $0) })
        let ids = ownIDs.filter { id in page.map { id >= $0.token } ?? true }
        return PointPage(
            points: ids.prefix(limit).map { PointReference(id: $0, key: keys[$0]) },
            next: ids.dropFirst(limit).first.map(Position.init)
        )
    }

    /// The ids of the points that bear this sync's name.
    private var ownIDs: [String] {
        state.withLock { state in
            state.points.filter { $0.value.bearsOwnName }.map(\.key.description) + state.strays
        }.sorted()
    }
}

// What others than the engine do to the points.
extension InMemorySink {
    /// Stores a point under another mark.
    package func put(_ point: Point, _ mark: StoredPoint.Mark, tellsText: Bool = true) {
        let stored = Stored(point: point, times: 1, mark: mark, tellsText: tellsText)
        state.withLock { $0.points[point.row.key] = stored }
    }

    /// Changes a point that is there.
    package func edit(_ number: Int, _ change: @Sendable (inout Stored) -> Void) {
        state.withLock { state in
            guard var stored = state.points[.integer(UInt64(number))] else { return }
            change(&stored)
            state.points[.integer(UInt64(number))] = stored
        }
    }

    package func remove(_ number: Int) {
        state.withLock { $0.points[.integer(UInt64(number))] = nil }
    }

    /// Stores a point that bears this sync's name, under an id that no row can have made.
    package func putStray(_ id: String) {
        state.withLock { _ = $0.strays.insert(id) }
    }

    /// The points that no row can have made.
    package var strays: Set<String> { state.withLock { $0.strays } }
}

extension InMemorySink.Stored {
    package var bearsOwnName: Bool { mark == .current || mark == .outdated }
}

extension StoredPoint {
    fileprivate init(_ stored: InMemorySink.Stored, _ detail: PointDetail) {
        let row = stored.point.row
        self.init(
            mark: stored.mark,
            textHash: stored.mark == .none && !stored.tellsText ? nil : row.textHash,
            payloadHash: stored.mark == .none ? nil : row.payloadHash,
            isTruncated: stored.mark == .none ? false : stored.point.isTruncated,
            payload: detail == .payloads ? row.storedPayload : nil,
            vector: detail == .vectors ? stored.point.vector : nil
        )
    }
}

extension Row {
    /// What a point's payload is made of.
    fileprivate var storedPayload: Bytes { payload + text }
}
