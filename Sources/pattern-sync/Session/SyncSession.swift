internal import Crypto
internal import Embedding
internal import Foundation
internal import JournalFile
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

/// One `sync` from the configuration to the outcome: checks everything before it writes anything, then runs the engine.
struct SyncSession {
    let configuration: Configuration
    let sync: SyncConfiguration
    let log: LogConfiguration
    let signals: StopSignals

    enum Outcome: Sendable {
        case ran(RunSummary, dimension: Int)
        case planned(SyncPlan, dimension: Int, Duration)
    }

    /// What is known once every server was asked.
    private struct Setup {
        let servers: [EmbeddingServer]
        let model: EmbeddingModel
        let identity: VectorIdentity
        let source: PostgresRowSource
        let inspection: SourceInspection
        let sink: QdrantSink
        let target: QdrantCollection
        let evidence: TargetEvidence
    }

    func run() async throws -> Outcome {
        let clock = RunClock(ContinuousClock())
        let logger = log.logger()
        let logging = LogObserver(logger: logger)
        let servers = try Servers(configuration, clock: clock, observer: logging, logger: logger)
        let outcome: Result<Outcome, PipelineError>
        do throws(PipelineError) {
            let setup = try await prepare(servers, clock)
            tell(setup, logger)
            if sync.isDryRun {
                outcome = .success(try await plan(setup, clock, logging))
            } else {
                outcome = .success(try await execute(setup, clock, logger, logging))
            }
        } catch {
            outcome = .failure(error)
        }
        await servers.close()
        return try outcome.get()
    }

    // MARK: - Before anything is written

    private func prepare(_ servers: Servers, _ clock: RunClock) async throws(PipelineError) -> Setup {
        let source = PostgresRowSource(
            settings: configuration.database,
            query: configuration.query,
            snapshotWindow: sync.snapshotWindow,
            clock: clock
        )
        let inspection = try await servers.patience.run(.source) { () async throws(PipelineError) in
            try await source.inspect()
        }.result
        let (embedding, model) = try await servers.embedding()
        let prefix = sync.prefix == .model ? try TextPrefix.prescribed(for: model.name) : .none
        let identity = VectorIdentity(
            fingerprint: model.fingerprint(prefix: prefix.document, overlong: sync.options.overlong.rawValue),
            model: model.name,
            digest: model.digest,
            dimension: model.dimension,
            prefix: prefix.document
        )
        let (client, version) = try await servers.qdrant()
        let target = QdrantCollection(
            client: client,
            source: configuration.query.name,
            identity: identity,
            version: version
        )
        let evidence = try await servers.patience.run(.sink) { () async throws(PipelineError) in
            try await target.inspect()
        }.result
        let sink = QdrantSink(
            client: client,
            source: configuration.query.name,
            embedder: identity.fingerprint,
            timestamp: { Date().formatted(.iso8601) }
        )
        return Setup(
            servers: embedding,
            model: model,
            identity: identity,
            source: source,
            inspection: inspection,
            sink: sink,
            target: target,
            evidence: evidence
        )
    }

    private func tell(_ setup: Setup, _ logger: Logger) {
        let inspection = setup.inspection
        logger.info(
            """
            \(inspection.rowsAreEstimated ? "about " : "")\(inspection.rows) rows in \(inspection.database) \
            (PostgreSQL \(inspection.serverVersion.prefix { $0 != " " })), \(setup.model.name) with \(setup.model.dimension) components \
            on \(setup.servers.map(\.name).joined(separator: ", ")), collection \(configuration.collection)
            """
        )
        if !inspection.isInIndexOrder {
            logger.notice(
                """
                no index yields the query's rows in the order of their id: all rows are sorted at once, and one \
                snapshot is held for the whole run, which holds back vacuum
                """
            )
        }
    }

    private func plan(
        _ setup: Setup,
        _ clock: RunClock,
        _ observer: any Observer
    ) async throws(PipelineError) -> Outcome {
        let began = clock.now
        let retrier = Retrier(policy: RetryPolicy(maxOutage: sync.maxOutage), clock: clock, observer: observer)
        let run = PlanRun(source: setup.source, sink: setup.evidence == .missing ? nil : setup.sink, retrier: retrier)
        let plan = try await run.run(limit: sync.options.limit)
        return .planned(plan, dimension: setup.model.dimension, clock.now - began)
    }

    // MARK: - The run

    private func execute(
        _ setup: Setup,
        _ clock: RunClock,
        _ logger: Logger,
        _ logging: LogObserver
    ) async throws(PipelineError) -> Outcome {
        let lock = PostgresLock(settings: configuration.database, name: configuration.syncName, clock: clock)
        try await lock.acquire()
        let journal: FileJournal
        do throws(PipelineError) {
            journal = try await FileJournal.open(
                JournalLocation(directory: configuration.journalDirectory, name: configuration.syncName)
            )
        } catch {
            await lock.release()
            throw error
        }
        let summary: Result<RunSummary, PipelineError>
        do throws(PipelineError) {
            summary = .success(try await execute(setup, journal, clock, logger, logging))
        } catch {
            summary = .failure(error)
        }
        await journal.close()
        await lock.release()
        return .ran(try summary.get(), dimension: setup.model.dimension)
    }

    private func execute(
        _ setup: Setup,
        _ journal: FileJournal,
        _ clock: RunClock,
        _ logger: Logger,
        _ logging: LogObserver
    ) async throws(PipelineError) -> RunSummary {
        for notice in journal.notices { logger.notice("\(notice)") }
        let (header, checkpoint) = try start(setup, journal.history, logger)
        try await setup.target.prepare(generation: header.limit == nil ? header.generation : nil)

        let progress = ProgressObserver(
            total: min(setup.inspection.rows, sync.options.limit ?? .max),
            clock: clock,
            logger: logger
        )
        let observer = Observers([logging, progress])
        let options = options(for: setup)
        let run = SyncRun(
            source: setup.source,
            endpoints: setup.servers.map {
                Endpoint($0.embedder(for: setup.model, prefix: setup.identity.prefix), limit: concurrency)
            },
            sink: setup.sink,
            journal: journal,
            options: options,
            retrier: Retrier(policy: RetryPolicy(maxOutage: sync.maxOutage), clock: clock, observer: observer)
        )
        signals.workCanStop()
        return await withTaskGroup(of: Void.self) { group in
            if log.showsProgress { group.addTask { await progress.run() } }
            let summary = await run.run(header, from: checkpoint, until: signals.wait)
            group.cancelAll()
            return summary
        }
    }

    /// Resumes an interrupted run where that can be trusted, and tells where it cannot.
    private func start(
        _ setup: Setup,
        _ history: JournalHistory,
        _ logger: Logger
    ) throws(PipelineError) -> (RunHeader, Checkpoint?) {
        let fingerprint = Fingerprint(
            source: Self.hash([setup.inspection.sql, configuration.query.key.rawValue, configuration.query.name]),
            target: Self.hash([configuration.qdrantURL, configuration.collection.description]),
            embedder: setup.identity.fingerprint
        )
        var header = RunHeader(
            generation: Self.randomGeneration(),
            mode: .full,
            fingerprint: fingerprint,
            collection: configuration.collection.description,
            model: setup.model.name,
            limit: sync.options.limit
        )
        if sync.options.limit != nil { return (header, nil) }
        let plan = try ResumePlan.decide(
            interrupted: history.interrupted,
            fingerprint: fingerprint,
            evidence: setup.evidence,
            fresh: sync.beginsAnew
        )
        switch plan {
        case .anew(let reason):
            if let reason { logger.notice("an interrupted run is not resumed: \(reason)") }
            return (header, nil)
        case .resume(let interrupted):
            header.generation = interrupted.header.generation
            header.attempt = interrupted.header.attempt + 1
            return (header, interrupted.checkpoint)
        }
    }

    /// Two requests keep a server that embeds one text after another busy: one is worked on, the next is there.
    private var concurrency: Int { sync.concurrency ?? 2 }

    /// A window that holds what all servers have in flight twice over, and the chunks that are read and stored beside.
    private func options(for setup: Setup) -> RunOptions {
        var options = sync.options
        let texts = setup.servers.count * concurrency * options.requestTexts
        options.window = sync.window ?? 2 + (2 * texts + options.chunkRows - 1) / options.chunkRows
        return options
    }

    private static func hash(_ parts: [String]) -> String {
        let digest = SHA256.hash(data: Array(parts.joined(separator: "\u{1f}").utf8))
        return digest.prefix(8).map { String(format: "%02x", $0) }.joined()
    }

    private static func randomGeneration() -> String {
        (0..<16).map { _ in String(format: "%02x", UInt8.random(in: 0...255)) }.joined()
    }
}
