import Pipeline

/// An embedding server that answers at once.
struct InstantEmbedder: Embedder {
    let name = "instant"
    private let vector = Vector(json: ArraySlice("[0.5,0.5]".utf8))

    func embed(_ texts: [Bytes], within deadline: Duration) async -> [Vector] {
        Array(repeating: vector, count: texts.count)
    }
}

/// A target that counts its points.
actor CountingSink: VectorSink {
    private var points = 0

    func upsert(_ points: [Point]) -> Int {
        self.points += points.count
        return 1
    }

    func replacePayloads(_ updates: [PayloadUpdate]) -> Int { 1 }
    func delete(_ points: [PointReference]) -> Int { 1 }
    func probe() -> Int { 1 }
    func points(of keys: [RowKey], _ detail: PointDetail) -> [RowKey: StoredPoint] { [:] }
    nonisolated func agrees(_ point: StoredPoint, with row: Row) -> Bool { false }
    func count() -> Int { points }
    func ownPoints(from page: Position?, limit: Int) -> PointPage { PointPage(points: [], next: nil) }
}

/// What a run costs without a journal.
actor CountingJournal: Journal {
    private(set) var events = 0

    func append(_ events: [JournalEvent]) {
        self.events += events.count
    }
}

struct NoObserver: Observer {
    func observe(_ event: RunEvent) {}
}
