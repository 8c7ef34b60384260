public import Pipeline

/// A source that comes to its end when the time is over.
public actor TimedRowSource: RowSource {
    private let source: any RowSource
    private let longest: Duration
    private let clock: RunClock
    private var began: Duration?

    public init(_ source: any RowSource, longest: Duration, clock: RunClock) {
        self.source = source
        self.longest = longest
        self.clock = clock
    }

    public nonisolated var yieldsDigests: Bool { source.yieldsDigests }

    public func open(after position: Position?) async throws(PipelineError) {
        try await source.open(after: position)
    }

    public func nextChunk(_ limit: ChunkLimit) async throws(PipelineError) -> Chunk? {
        let began = began ?? clock.now
        self.began = began
        return clock.now - began < longest ? try await source.nextChunk(limit) : nil
    }

    public func close() async {
        await source.close()
    }
}
