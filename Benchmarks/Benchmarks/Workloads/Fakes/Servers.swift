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

/// Tells of all keys of `GeneratedDigests` that their points are as they should be.
struct MarkReader: PointReader {
    let points: Int
    private let marks = Dictionary(
        uniqueKeysWithValues: GeneratedDigests.keys.map { key in
            (key, StoredPoint(mark: .current, textHash: Inputs.textHash, payloadHash: Inputs.payloadHash))
        }
    )

    init(count: Int) {
        points = count
    }

    func points(of keys: [RowKey], _ detail: PointDetail) async -> [RowKey: StoredPoint] { marks }
    func agrees(_ point: StoredPoint, with row: Row) -> Bool { true }
    func count() async -> Int { points }
    func ownPoints(from page: Position?, limit: Int) async -> PointPage { PointPage(points: [], next: nil) }
}

/// What a run costs without a journal.
public actor CountingJournal: Journal {
    private(set) var events = 0

    public init() {}

    public func append(_ events: [JournalEvent]) {
        self.events += events.count
    }
}

struct NoObserver: Observer {
    func observe(_ event: RunEvent) {}
}
