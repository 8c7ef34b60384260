internal import Bench
internal import Embedding
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

/// A benchmark under way. What the operator may stop runs in a task of its own, so that what has to be done afterwards is
/// still done.
struct BenchWork: Sendable {
    let session: BenchSession
    let reach: Servers
    let clock: RunClock
    let logger: Logger
    let progress: BenchProgress
    let record: BenchRecord

    var plan: BenchPlan { session.plan }
    var sync: SyncConfiguration { session.sync }
    var query: SourceQuery { session.configuration.query }

    /// Measures what the plan says, and tells the record.
    ///
    /// - Throws: `.cancelled` when the operator asked to stop; what is measured by then is on record.
    func run() async throws(PipelineError) {
        var embedding: BenchEmbedding?
        if plan.needsEmbedding { embedding = try await reachEmbedding() }
        let table = try await table()
        tell(sample(table), of: table)
        if let embedding {
            record.change { $0.model = embedding.model(provider: $0.model.provider) }
            if plan.measures(.embedder) {
                let texts = try await fittingTexts(table, embedding)
                try await measureServers(embedding, texts)
            }
        }
        if plan.measures(.source) { try await measureSource(table) }
        if let embedding, plan.needsQdrant { try await measureWriting(embedding, table) }
    }

    /// Runs `body`, and cancels it when the operator asks to stop; what it returns all the same is returned.
    func stoppable<Result: Sendable>(
        _ body: @escaping @Sendable () async throws(PipelineError) -> Result
    ) async throws(PipelineError) -> Result {
        if session.signals.received != nil { throw .cancelled }
        let outcome = await withTaskGroup(of: Swift.Result<Result, PipelineError>?.self) { group in
            group.addTask {
                do throws(PipelineError) {
                    return .success(try await body())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await session.signals.wait()
                return nil
            }
            var outcome: Swift.Result<Result, PipelineError>?
            // The first of the two ends the other.
            for await result in group {
                outcome = outcome ?? result
                group.cancelAll()
            }
            return outcome ?? .failure(.cancelled)
        }
        return try outcome.get()
    }

    /// Ends what was begun when the operator has asked to stop meanwhile.
    func checkStop() throws(PipelineError) {
        if session.signals.received != nil { throw .cancelled }
    }

    /// Takes note of a stage that cannot be measured, unless it is all that was wanted.
    func leaveOut(_ stage: StageReport.Name, because error: PipelineError) throws(PipelineError) {
        if error.kind == .cancelled || plan.isAbout(stage) { throw error }
        logger.warning("the \(stage.rawValue) is not measured: \(error)")
        record.change { $0.stages.append(.leftOut(stage, because: error.message)) }
    }
}
