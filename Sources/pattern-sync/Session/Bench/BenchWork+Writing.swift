internal import Bench
internal import Pipeline
internal import Postgres
internal import Qdrant

extension BenchWork {
    /// Measures the sink, and the whole pipeline into it, each with a collection of its own.
    func measureWriting(_ embedding: BenchEmbedding, _ table: BenchTable?) async throws(PipelineError) {
        let stages = [StageReport.Name.sink, .pipeline].filter { stage in
            plan.measures(stage) && (stage == .sink || table != nil)
        }
        guard !stages.isEmpty else { return }
        do throws(PipelineError) {
            let scratch = try await scratch(embedding)
            if plan.measures(.sink) {
                try await filling(scratch) { sink throws(PipelineError) in
                    try await measureSink(sink, embedding, table)
                }
            }
            if plan.measures(.pipeline), let table {
                try await filling(scratch) { sink throws(PipelineError) in
                    try await measurePipeline(sink, embedding, table)
                }
            }
        } catch {
            let told = record.current.stages.map(\.name)
            let missing = stages.filter { !told.contains($0) }
            // What went wrong after all was measured is no reason for a gap.
            guard !missing.isEmpty else { throw error }
            for stage in missing { try leaveOut(stage, because: error) }
        }
    }

    private func measureSink(
        _ sink: QdrantSink,
        _ embedding: BenchEmbedding,
        _ table: BenchTable?
    ) async throws(PipelineError) {
        let points = sync.options.chunkRows
        let bench = SinkBench(
            sink,
            points: SamplePoints(
                rows: table?.sample ?? BuiltInRows.rows(plan.texts, key: query.key),
                vectors: embedding.servers.canaries
            ),
            pointsPerRequest: points,
            inFlight: sync.options.upserts,
            limits: plan.limits,
            clock: clock
        )
        progress.begins("the sink")
        let result = try await stoppable { () async throws(PipelineError) in await bench.run() }
        try conclude(.sink, result, "points", note: "\(points) points an upsert, \(sync.options.upserts) in flight")
    }
}
