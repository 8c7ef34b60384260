import Pipeline
import TestSupport
import Testing

@testable import Bench

@Suite struct `A stage` {
    private let clock = ManualClock(movesItself: true)
    private var run: RunClock { RunClock(clock) }
    private let limits = LoadLimits(minimum: .seconds(2), maximum: .seconds(8))

    @Test func `that reads begins anew where rows are few`() async throws {
        let source = PacedSource(rows: 250, pace: .milliseconds(10), clock: run)
        let bench = SourceBench(source, chunk: ChunkLimit(rows: 100, bytes: 1 << 20), limits: limits, clock: run)
        let result = await bench.run()
        // Two chunks of a hundred and one of fifty each 30 ms.
        #expect(abs(result.rate.mean - 250 / 0.03) < 250 / 0.03 * 0.03, "\(result.rate)")
        #expect(result.ended == .confident)
        let passes = await source.opened
        #expect(passes > 10)
        let isClosed = await source.isClosed
        #expect(isClosed)
    }

    @Test func `that finds no row says so`() async {
        let source = PacedSource(rows: 0, pace: .milliseconds(10), clock: run)
        let result = await SourceBench(source, chunk: ChunkLimit(rows: 1, bytes: 1), limits: limits, clock: run).run()
        #expect(result.ended == .errors)
        #expect(result.firstError?.message.contains("no row") == true)
    }

    @Test func `that writes stores as many points as it says, each under a key of its own`() async throws {
        let sink = InMemorySink()
        let run = run
        let bench = SinkBench(
            PacedSink(sink: sink, pace: .milliseconds(20), clock: run),
            points: SamplePoints(
                rows: [.sample(1), .sample(2)],
                vectors: [FakeEmbedder.vector(of: Row.sample(1).text)]
            ),
            pointsPerRequest: 50,
            inFlight: 1,
            limits: limits,
            clock: run
        )
        let result = await bench.run()
        #expect(abs(result.rate.mean - 2_500) < 10)
        let stored = try await sink.count()
        // What was stored while warming up is not counted.
        #expect(stored >= result.units)
        #expect(stored % 50 == 0)
    }

    @Test func `makes keys of the kind that the rows have`() async {
        let hash = Row.sample(1).textHash
        for key in [RowKey.uuid("x"), .text("x"), .integer(9)] {
            let row = Row(key: key, text: hash, payload: hash, textHash: hash, payloadHash: hash)
            let points = await SamplePoints(rows: [row], vectors: [Vector(json: hash)]).take(300)
            #expect(Set(points.map(\.row.key)).count == 300)
            switch (key, points[299].row.key) {
            case (.uuid, .uuid(let text)): #expect(text == "00000000-0000-4000-8000-00000000012b")
            case (.text, .text), (.integer, .integer): break
            default: Issue.record("\(points[0].row.key) for \(key)")
            }
        }
    }

    @Test func `that is timed ends when the time is over`() async throws {
        let source = TimedRowSource(
            PacedSource(rows: 1_000_000, pace: .seconds(1), clock: run),
            longest: .seconds(5),
            clock: run
        )
        try await source.open(after: nil)
        var chunks = 0
        while try await source.nextChunk(ChunkLimit(rows: 10, bytes: 1 << 20)) != nil { chunks += 1 }
        #expect(chunks == 5)
        await source.close()
    }
}

/// Takes its time for each chunk.
private actor PacedSource: RowSource {
    private let rows: Int
    private let pace: Duration
    private let clock: RunClock
    private var next = 0
    private(set) var opened = 0
    private(set) var isClosed = false

    nonisolated var yieldsDigests: Bool { false }

    init(rows: Int, pace: Duration, clock: RunClock) {
        self.rows = rows
        self.pace = pace
        self.clock = clock
    }

    func open(after position: Position?) async throws(PipelineError) {
        next = 0
        opened += 1
        isClosed = false
    }

    func nextChunk(_ limit: ChunkLimit) async throws(PipelineError) -> Chunk? {
        guard next < rows else { return nil }
        try await clock.sleep(pace)
        let range = next..<min(next + limit.rows, rows)
        next = range.upperBound
        return Chunk(rows: range.map { Row.sample($0) }, end: Position("\(next)"))
    }

    func close() async { isClosed = true }
}

/// Takes its time for each upsert.
private struct PacedSink: VectorSink {
    let sink: InMemorySink
    let pace: Duration
    let clock: RunClock

    @concurrent
    func upsert(_ points: [Point]) async throws(PipelineError) -> Int {
        try await clock.sleep(pace)
        return try await sink.upsert(points)
    }

    @concurrent
    func replacePayloads(_ updates: [PayloadUpdate]) async throws(PipelineError) -> Int {
        try await sink.replacePayloads(updates)
    }

    @concurrent
    func delete(_ points: [PointReference]) async throws(PipelineError) -> Int { try await sink.delete(points) }

    @concurrent
    func probe() async throws(PipelineError) -> Int { try await sink.probe() }

    @concurrent
    func points(of keys: [RowKey], _ detail: PointDetail) async throws(PipelineError) -> [RowKey: StoredPoint] {
        try await sink.points(of: keys, detail)
    }

    func agrees(_ point: StoredPoint, with row: Row) -> Bool { sink.agrees(point, with: row) }

    @concurrent
    func count() async throws(PipelineError) -> Int { try await sink.count() }

    @concurrent
    func ownPoints(from page: Position?, limit: Int) async throws(PipelineError) -> PointPage {
        try await sink.ownPoints(from: page, limit: limit)
    }
}
