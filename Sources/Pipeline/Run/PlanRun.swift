/// What a full sync would do, in rows.
public struct SyncPlan: Sendable, Equatable {
    public var rowsRead = 0
    /// Rows that have no point yet.
    public var insert = 0
    /// Rows whose point would be written again.
    public var update = 0
    /// Rows that the source itself cannot accept.
    public var rejected = 0

    public init() {}
}

/// Finds out what a full sync would do, and writes nothing.
public struct PlanRun: Sendable {
    private let source: any RowSource
    private let sink: (any VectorSink)?
    private let retrier: Retrier

    /// - Parameter sink: nil when there is no target yet.
    public init(source: any RowSource, sink: (any VectorSink)?, retrier: Retrier) {
        self.source = source
        self.sink = sink
        self.retrier = retrier
    }

    /// Reads every row, `limit` at most, and asks the sink which of them it has.
    public func run(limit: Int?) async throws(PipelineError) -> SyncPlan {
        var plan = SyncPlan()
        do throws(PipelineError) {
            try await count(limit: limit, into: &plan)
        } catch {
            await source.close()
            throw error
        }
        await source.close()
        return plan
    }

    private func count(limit: Int?, into plan: inout SyncPlan) async throws(PipelineError) {
        _ = try await retrier.run(.source) { () async throws(PipelineError) in try await source.open(after: nil) }
        while true {
            let rows = min(1_000, (limit ?? .max) - plan.rowsRead)
            guard rows > 0 else { return }
            let next = try await retrier.run(.source) { () async throws(PipelineError) in
                try await source.nextChunk(ChunkLimit(rows: rows, bytes: 8 << 20))
            }
            guard let chunk = next.result else { return }
            var existing: Set<RowKey> = []
            if let sink, !chunk.rows.isEmpty {
                existing = try await retrier.run(.sink) { () async throws(PipelineError) in
                    try await sink.existing(chunk.rows.map(\.key))
                }.result
            }
            plan.rowsRead += chunk.rowCount
            plan.update += existing.count
            plan.insert += chunk.rows.count - existing.count
            plan.rejected += chunk.rowCount - chunk.rows.count
        }
    }
}
