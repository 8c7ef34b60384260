public import Pipeline

/// Measures how fast points are stored that were made beforehand.
public struct SinkBench: Sendable {
    private let sink: any VectorSink
    private let points: SamplePoints
    private let pointsPerRequest: Int
    private let inFlight: Int
    private let limits: LoadLimits
    private let clock: RunClock

    /// - Parameters:
    ///   - sink: that may be filled.
    ///   - points: what is stored, each time under other keys.
    public init(
        _ sink: any VectorSink,
        points: SamplePoints,
        pointsPerRequest: Int,
        inFlight: Int,
        limits: LoadLimits,
        clock: RunClock
    ) {
        self.sink = sink
        self.points = points
        self.pointsPerRequest = pointsPerRequest
        self.inFlight = inFlight
        self.limits = limits
        self.clock = clock
    }

    /// - Returns: what was seen, with points for units.
    public func run() async -> LoadResult {
        let load = LoadRun(inFlight: inFlight, limits: limits, clock: clock)
        return await load.run { [sink, points, pointsPerRequest] _ async throws(PipelineError) in
            _ = try await sink.upsert(await points.take(pointsPerRequest))
            return Work(units: pointsPerRequest)
        }
    }
}

/// Makes points of a few rows and vectors, as many as are wanted, each with a key of its own.
public actor SamplePoints {
    private let rows: [Row]
    private let vectors: [Vector]
    private var made: UInt64 = 0

    /// - Parameter rows: what the points are made of; their keys tell of what kind those of the points are.
    public init(rows: [Row], vectors: [Vector]) {
        precondition(!rows.isEmpty && !vectors.isEmpty, "there is nothing to make points of")
        self.rows = rows
        self.vectors = vectors
    }

    func take(_ count: Int) -> [Point] {
        (0..<count).map { _ in
            defer { made += 1 }
            var row = rows[Int(made % UInt64(rows.count))]
            row.key = Self.key(made, like: row.key)
            return Point(row: row, vector: vectors[Int(made % UInt64(vectors.count))])
        }
    }

    private static func key(_ number: UInt64, like key: RowKey) -> RowKey {
        switch key {
        case .integer: return .integer(number)
        case .text: return .text("bench-\(number)")
        case .uuid:
            let digits = String(number % (1 << 48), radix: 16)
            return .uuid("00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits)
        }
    }
}
