internal import Embedding
internal import JournalFile
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

/// One `sync` from the configuration to the outcome: asks everybody before it writes anything, then runs the engine.
struct SyncSession {
    let configuration: Configuration
    let sync: SyncConfiguration
    let log: LogConfiguration
    let signals: StopSignals

    enum Outcome: Sendable {
        case ran(RunSummary, dimension: Int)
        case planned(SyncPlan, dimension: Int, Duration)
    }

    func run() async throws(PipelineError) -> Outcome {
        let clock = RunClock(ContinuousClock())
        let logger = log.logger()
        let observer = LogObserver(logger: logger)
        let servers = try Servers(configuration, clock: clock, observer: observer, logger: logger)
        let outcome: Result<Outcome, PipelineError>
        do throws(PipelineError) {
            let setup = try await SyncSetup(configuration, sync, servers, clock)
            setup.log(to: logger)
            if sync.isDryRun {
                outcome = .success(try await plan(setup, clock, observer))
            } else {
                outcome = .success(try await execute(setup, servers.patience, clock, logger, observer))
            }
        } catch {
            outcome = .failure(error)
        }
        await servers.close()
        return try outcome.get()
    }

    private func plan(
        _ setup: SyncSetup,
        _ clock: RunClock,
        _ observer: any Observer
    ) async throws(PipelineError) -> Outcome {
        let began = clock.now
        let run = PlanRun(
            source: setup.source,
            sink: setup.evidence == .missing ? nil : setup.sink,
            retrier: retrier(clock, observer)
        )
        let plan = try await run.run(limit: sync.options.limit)
        return .planned(plan, dimension: setup.model.dimension, clock.now - began)
    }

    /// Takes both locks, runs, and gives them back.
    private func execute(
        _ setup: SyncSetup,
        _ patience: Retrier,
        _ clock: RunClock,
        _ logger: Logger,
        _ observer: LogObserver
    ) async throws(PipelineError) -> Outcome {
        let lock = PostgresLock(settings: configuration.database, name: configuration.syncName, clock: clock)
        _ = try await patience.run(.source) { () async throws(PipelineError) in try await lock.acquire() }
        let summary: Result<RunSummary, PipelineError>
        do throws(PipelineError) {
            let journal = try await FileJournal.open(
                JournalLocation(directory: configuration.journalDirectory, name: configuration.syncName)
            )
            do throws(PipelineError) {
                summary = .success(try await execute(setup, journal, patience, clock, logger, observer))
            } catch {
                summary = .failure(error)
            }
            await journal.close()
        } catch {
            summary = .failure(error)
        }
        await lock.release()
        return .ran(try summary.get(), dimension: setup.model.dimension)
    }

    private func execute(
        _ setup: SyncSetup,
        _ journal: FileJournal,
        _ patience: Retrier,
        _ clock: RunClock,
        _ logger: Logger,
        _ logging: LogObserver
    ) async throws(PipelineError) -> RunSummary {
        for notice in journal.notices { logger.notice("\(notice)") }
        let start = try RunStart(setup, configuration, sync, journal.history, logger)
        let generation = start.header.limit == nil ? start.header.generation : nil
        _ = try await patience.run(.sink) { () async throws(PipelineError) in
            try await setup.target.prepare(generation: generation)
        }

        let progress = ProgressObserver(
            total: min(setup.inspection.rows, sync.options.limit ?? .max),
            clock: clock,
            logger: logger
        )
        let run = SyncRun(
            source: setup.source,
            endpoints: setup.servers.map {
                Endpoint($0.embedder(for: setup.model, prefix: setup.identity.prefix), limit: concurrency)
            },
            sink: setup.sink,
            journal: journal,
            options: options(for: setup),
            retrier: retrier(clock, Observers([logging, progress]))
        )
        signals.workCanStop()
        return await withTaskGroup(of: Void.self) { group in
            if log.showsProgress { group.addTask { await progress.run() } }
            let summary = await run.run(
                start.header,
                from: start.checkpoint,
                confirmedBy: { upserted throws(PipelineError) in
                    try await confirm(setup.target, generation, upserted, patience)
                },
                until: signals.wait
            )
            group.cancelAll()
            return summary
        }
    }

    /// A run is complete only when what it stored is still there at its end.
    private func confirm(
        _ target: QdrantCollection,
        _ generation: String?,
        _ upserted: Int,
        _ patience: Retrier
    ) async throws(PipelineError) {
        guard let generation else { return }
        let evidence = try await patience.run(.sink) { () async throws(PipelineError) in try await target.inspect() }
            .result
        if let doubt = evidence.doubt(about: generation, upserted: upserted) {
            throw PipelineError(
                .setup,
                "\(doubt), although the run went on until now",
                remedy: "run the sync again: it begins anew"
            )
        }
    }

    private func retrier(_ clock: RunClock, _ observer: any Observer) -> Retrier {
        Retrier(policy: RetryPolicy(maxOutage: sync.maxOutage), clock: clock, observer: observer)
    }

    /// Two requests keep a server that embeds one text after another busy: one is worked on, the next is there.
    private var concurrency: Int { sync.concurrency ?? 2 }

    /// A window that holds what all servers have in flight twice over, and the chunks that are read and stored beside.
    private func options(for setup: SyncSetup) -> RunOptions {
        var options = sync.options
        let texts = setup.servers.count * concurrency * options.requestTexts
        options.window = sync.window ?? 2 + (2 * texts + options.chunkRows - 1) / options.chunkRows
        return options
    }
}
