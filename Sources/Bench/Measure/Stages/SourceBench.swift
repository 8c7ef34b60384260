public import Pipeline

/// Measures how fast rows are read when nothing is done with them, over and over where there are few.
public struct SourceBench: Sendable {
    private let source: any RowSource
    private let chunk: ChunkLimit
    private let limits: LoadLimits
    private let clock: RunClock

    public init(_ source: any RowSource, chunk: ChunkLimit, limits: LoadLimits, clock: RunClock) {
        self.source = source
        self.chunk = chunk
        self.limits = limits
        self.clock = clock
    }

    /// - Returns: what was seen, with rows for units. `.errors` where there is no row.
    public func run() async -> LoadResult {
        let reader = Reader(source, chunk)
        let load = LoadRun(inFlight: 1, limits: limits, clock: clock)
        let result = await load.run { _ async throws(PipelineError) in
            Work(units: try await reader.read())
        }
        await source.close()
        return result
    }

    /// Reads chunk by chunk, and begins anew at the end.
    private actor Reader {
        private let source: any RowSource
        private let chunk: ChunkLimit
        private var isOpen = false
        private var rowsOfPass = 0

        init(_ source: any RowSource, _ chunk: ChunkLimit) {
            self.source = source
            self.chunk = chunk
        }

        func read() async throws(PipelineError) -> Int {
            while true {
                if !isOpen {
                    try await source.open(after: nil)
                    isOpen = true
                    rowsOfPass = 0
                }
                if let chunk = try await source.nextChunk(chunk) {
                    rowsOfPass += chunk.rowCount
                    if chunk.rowCount > 0 { return chunk.rowCount }
                } else {
                    guard rowsOfPass > 0 else { throw PipelineError(.setup, "there is no row to read") }
                    await source.close()
                    isOpen = false
                }
            }
        }
    }
}
