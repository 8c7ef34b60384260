internal import JournalFile
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

/// One command from the configuration to the outcome: asks everybody before it writes anything, then goes to work.
struct SyncSession {
    let configuration: Configuration
    let sync: SyncConfiguration
    let log: LogConfiguration
    let signals: StopSignals
    /// Is told what happens during a run, beside log and progress.
    var observer: any Observer = Observers([])

    enum Outcome: Sendable {
        /// - indexing: how long the index was waited for that the run had put off; nil where there was none.
        case ran(RunSummary, dimension: Int, indexing: Duration?)
        case planned(SyncPlan, dimension: Int, Duration)
    }

    /// Syncs, plans or rebuilds, as the configuration says.
    func run() async throws(PipelineError) -> Outcome {
        try await withSetup(for: sync.rebuild == nil ? .mirror : .rebuild) { work throws(PipelineError) in
            if sync.isDryRun {
                let began = work.clock.now
                let list: ((String) -> Void)? = sync.lists ? { StandardOutput.shared.write(result: $0 + "\n") } : nil
                let plan = try await PlanSession(setup: work.setup, sync: sync, retrier: work.retrier).run(list: list)
                return .planned(plan, dimension: work.setup.identity.dimension, work.clock.now - began)
            }
            let (summary, indexing) =
                if let rebuild = sync.rebuild {
                    try await RebuildSession(work: work, rebuild: rebuild).run()
                } else {
                    try await execute(work)
                }
            return .ran(summary, dimension: work.setup.identity.dimension, indexing: indexing)
        }
    }

    /// Compares table and collection.
    func verify(sample: Int) async throws(PipelineError) -> Verdict {
        try await withSetup(for: .verify) { work throws(PipelineError) in
            try await VerifySession(
                setup: work.setup,
                options: sync.options,
                sampleSize: sample,
                retrier: work.retrier,
                logger: work.logger
            ).run()
        }
    }

    /// Asks all servers, and closes the connections when `body` is done.
    private func withSetup<Result>(
        for purpose: SyncSetup.Purpose,
        _ body: (SyncWork) async throws(PipelineError) -> Result
    ) async throws(PipelineError) -> Result {
        let clock = RunClock(ContinuousClock())
        let logger = log.logger()
        let servers = try Servers(configuration, clock: clock, observer: LogObserver(logger: logger), logger: logger)
        let result: Swift.Result<Result, PipelineError>
        do throws(PipelineError) {
            let setup = try await servers.reaching { () async throws(PipelineError) in
                try await SyncSetup(configuration, sync, servers, clock, for: purpose)
            }
            setup.log(to: logger)
            // What is built beside the collection is indexed whatever that one says.
            if purpose != .rebuild { IndexingCheck(setup.findings, setup.version).log(to: logger) }
            result = .success(
                try await body(
                    SyncWork(
                        setup: setup,
                        sync: sync,
                        log: log,
                        signals: signals,
                        clock: clock,
                        patience: servers.patience,
                        retrier: Retrier(
                            policy: RetryPolicy(maxOutage: sync.maxOutage),
                            clock: clock,
                            observer: LogObserver(logger: logger)
                        ),
                        logger: logger,
                        observer: observer
                    )
                )
            )
        } catch {
            result = .failure(error)
        }
        await servers.close()
        return try result.get()
    }

    /// Takes both locks, runs, and gives them back.
    private func execute(_ work: SyncWork) async throws(PipelineError) -> (RunSummary, indexing: Duration?) {
        let setup = work.setup
        let (summary, isIndexing) = try await work.locks.hold(configuration.syncName) {
            journal throws(PipelineError) in
            try await checkName(work)
            let start = try RunStart(
                setup,
                sync,
                into: configuration.collection,
                standingFor: setup.client.collection,
                evidence: setup.evidence,
                journal.history,
                work.logger
            )
            let isRetry = sync.options.retriesRejected
            let retry = isRetry ? try RetryList(journal.history, configuration.query.key, start.header) : nil
            retry?.log(to: work.logger)
            // The stamp says which full run filled the collection; no other changes it.
            let isWholeAndFull = sync.mode == .full && !sync.options.isPartial
            let runID = isWholeAndFull ? start.header.runID : nil
            var indexing = DeferredIndexing(work, journal.history)
            // A retry of nothing makes no collection.
            if retry?.count != 0 {
                _ = try await work.patience.run(.sink) { () async throws(PipelineError) in
                    try await setup.target.prepare(runID: runID)
                }
                try await indexing.begin()
            }
            var options = work.options
            options.adopts = setup.adopts
            var feeds = setup.feeds.feeds(sync.mode, comparesValues: options.comparesValues)
            if let retry { feeds.main = retry.source(setup.feeds.lookup()) }
            let summary = await work.run(
                start,
                rows: retry?.count,
                feeds: feeds,
                into: setup.sink,
                journal,
                options
            ) { () throws(PipelineError) in
                if let runID { try await confirm(runID, work) }
                try await indexing.finish()
            }
            if summary.status.isFinal {
                retry?.log(found: summary.tally.rowsRead, to: work.logger)
                if sync.options.isPartial { try await indexing.finish() }
            }
            indexing.tellLeftover()
            return (summary, indexing.isRestored)
        }
        // The locks are given back: other runs may go on while this one waits.
        guard summary.status.isFinal, isIndexing else { return (summary, nil) }
        return (summary, await IndexingWait(work: work, load: summary.duration).run())
    }

    /// Under the lock nobody moves the name; before it somebody may have.
    private func checkName(_ work: SyncWork) async throws(PipelineError) {
        let setup = work.setup
        let name = configuration.collection
        let naming = try await work.patience.run(.sink) { () async throws(PipelineError) in
            try await setup.client.naming()
        }.result
        guard naming == setup.naming else {
            throw PipelineError(.busy, "\(name) was switched to another generation just now", remedy: "run it again")
        }
        guard naming == .missing else { return }
        let generations = work.generations
        let complete = try await work.patience.run(.sink) { () async throws(PipelineError) in
            try await generations.list().rollbackTarget
        }.result
        if let complete {
            throw PipelineError(
                .setup,
                "there is no \(name), but its generation \(complete.name) is complete: a new collection would hide it",
                remedy: "let the name stand for it with 'pattern-sync generations --rollback', or delete it in Qdrant"
            )
        }
    }

    /// A run is complete only when the collection that it filled is still the same at its end.
    private func confirm(_ runID: String, _ work: SyncWork) async throws(PipelineError) {
        let target = work.setup.target
        let findings = try await work.retrier.run(.sink) { () async throws(PipelineError) in
            // What still waits after that was not sent by this run, whose upserts have all been completed.
            _ = try await target.waitForQueue(atMost: .seconds(10), work.clock)
            return try await target.inspect(configuration.query.keyKind)
        }.result
        if let doubt = (findings?.evidence ?? .missing).doubt(about: runID, points: 0) {
            throw PipelineError(
                .setup,
                "\(doubt), although the run went on until now",
                remedy: "run the sync again: it begins anew"
            )
        }
    }
}
