internal import Embedding
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

/// What every command that runs the engine works with.
struct SyncWork {
    let setup: SyncSetup
    let sync: SyncConfiguration
    let log: LogConfiguration
    let signals: StopSignals
    let clock: RunClock
    /// Waits for servers that are not up yet.
    let patience: Retrier
    /// Waits for servers in the midst of the work: one for all that is done, which knows how the servers are.
    let retrier: Retrier
    let logger: Logger
    /// Is told what happens during a run, beside log and progress.
    let observer: any Observer

    var generations: QdrantGenerations {
        setup.configuration.query.generations(setup.client, setup.version, clock)
    }

    /// Asks Qdrant until it answers, or was away for too long.
    func retrying<Result>(
        _ operation: () async throws(PipelineError) -> Result
    ) async throws(PipelineError) -> Result {
        try await retrier.run(.sink, operation).result
    }

    var locks: SyncLocks {
        SyncLocks(
            configuration: setup.configuration,
            clock: clock,
            patience: patience,
            maxOutage: sync.maxOutage,
            logger: logger
        )
    }

    /// Does what the engine is not asked to do, and gives it up when the operator asks to stop: it can be done again.
    func unlessStopped(
        _ body: @escaping @Sendable () async throws(PipelineError) -> Void
    ) async throws(PipelineError) {
        signals.workCanStop()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                group.addTask { try await body() }
                group.addTask {
                    await signals.wait()
                    throw PipelineError.cancelled
                }
                try await group.next()
            }
        } catch {
            throw error as? PipelineError ?? .cancelled
        }
    }

    /// Runs the engine, showing how far it is.
    ///
    /// - Parameter rows: how many there are, where it is not all of the table.
    func run(
        _ start: RunStart,
        rows: Int? = nil,
        feeds: RunFeeds,
        into sink: any VectorSink,
        _ journal: any Journal,
        _ options: RunOptions,
        confirmedBy confirmation: () async throws(PipelineError) -> Void = { () throws(PipelineError) in }
    ) async -> RunSummary {
        let progress = ProgressObserver(
            total: min(rows ?? setup.inspection.rows, options.limit ?? .max),
            clock: clock,
            logger: logger
        )
        var retrier = retrier
        retrier.observer = Observers([retrier.observer, progress, observer])
        let run = SyncRun(
            feeds: feeds,
            endpoints: setup.embedding.servers.map {
                Endpoint(
                    $0.embedder(for: setup.embedding.model, prefix: setup.identity.prefix),
                    limit: sync.concurrency
                )
            },
            sink: sink,
            journal: journal,
            options: options,
            retrier: retrier
        )
        signals.workCanStop()
        return await withTaskGroup(of: Void.self) { group in
            if log.showsProgress { group.addTask { await progress.run() } }
            let summary = await run.run(
                start.header,
                resuming: start.interrupted,
                confirmedBy: confirmation,
                until: signals.wait
            )
            group.cancelAll()
            return summary
        }
    }

    var options: RunOptions { sync.options(servers: setup.embedding.servers.count) }
}
