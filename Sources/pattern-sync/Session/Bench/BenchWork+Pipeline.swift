internal import Bench
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant
internal import Threading

extension BenchWork {
    /// Syncs the table into the collection for a while, as `sync` would do it.
    func measurePipeline(
        _ sink: QdrantSink,
        _ embedding: BenchEmbedding,
        _ table: BenchTable
    ) async throws(PipelineError) {
        var feeds = table.feeds.feeds(.full, comparesValues: false)
        feeds.main = TimedRowSource(feeds.main, longest: longestPipeline, clock: clock)
        let options = options(servers: embedding.embedders.count, rows: table.inspection.rows)
        let inFlight = sync.textsInFlight(servers: embedding.embedders.count) / options.chunkRows
        let observer = FinishedRows(clock, inFlight: inFlight)
        var retrier = Retrier(
            policy: RetryPolicy(maxOutage: session.configuration.wait),
            clock: clock,
            observer: LogObserver(logger: logger)
        )
        retrier.observer = Observers([retrier.observer, observer])
        let run = SyncRun(
            feeds: feeds,
            endpoints: embedding.embedders.map { Endpoint($0, limit: sync.concurrency) },
            sink: sink,
            journal: ForgetfulJournal(),
            options: options,
            retrier: retrier
        )
        progress.begins("the whole pipeline")
        let header = RunHeader(
            runID: "",
            mode: .full,
            fingerprint: Fingerprint(source: "", target: "", embedder: ""),
            collection: "",
            model: embedding.identity.model
        )
        let summary = await run.run(header, until: session.signals.wait)
        let rate =
            observer.rate ?? .single(units: Double(summary.rowsThisAttempt), seconds: summary.duration / .seconds(1))
        progress.ended(BenchProgress.text(rate, "rows"))
        if summary.rowsThisAttempt > 0 {
            let rejected = summary.tally.rejected > 0 ? "; \(summary.tally.rejected) rows rejected" : ""
            let report = StageReport(
                name: .pipeline,
                rowsPerSecond: rate,
                rows: summary.rowsThisAttempt,
                seconds: summary.duration / .seconds(1),
                note: "\(Self.settings(summary)), \(options.chunkRows) points an upsert\(rejected)"
            )
            record.change { $0.stages.append(report) }
        }
        try checkStop()
        if let error = summary.error { throw error }
        if summary.rowsThisAttempt == 0 { throw PipelineError(.setup, "no row was finished in time") }
    }

    /// What the servers' limiters came to, for instance `2 in flight of 16 texts`.
    private static func settings(_ summary: RunSummary) -> String {
        summary.endpoints.map { "\($0.setting.concurrency) in flight of \($0.setting.texts) texts" }
            .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }.joined(separator: " or ")
    }

    /// A pipeline is slow to fill.
    private var longestPipeline: Duration { plan.limits.maximum * 2 }

    /// Those of a sync, which is a partial one: nothing is compared or swept afterwards. As many rows as the embedding
    /// servers can be expected to take in twice the time of a setting, in so many chunks that their pace can be told.
    private func options(servers: Int, rows: Int) -> RunOptions {
        let texts = sync.textsInFlight(servers: servers)
        let embedder = record.current.stages.first { $0.name == .embedder }?.rowsPerSecond.mean ?? 0
        let expected = embedder > 0 ? Int(embedder * (longestPipeline / .seconds(1))) : .max
        let limit = max(min(rows, expected), min(rows, texts), 1)
        let chunk = min(
            sync.options.chunkRows,
            max(limit / 8, sync.options.requestTexts.number ?? LimiterSetting.initial.texts),
            texts
        )
        var options = sync.options(servers: servers, chunkRows: chunk)
        options.limit = limit
        options.prune = nil
        options.grace = .seconds(1)
        return options
    }
}

/// Measures the rate at which chunks leave the pipeline, from the first one on: how it fills is left out.
private struct FinishedRows: Observer {
    private let clock: RunClock
    /// Chunks that may leave it all at once.
    private let inFlight: Int
    private let meter = Locked<RateMeter?>(nil)

    init(_ clock: RunClock, inFlight: Int) {
        self.clock = clock
        self.inFlight = inFlight
    }

    func observe(_ event: RunEvent) {
        guard case .finished(let tally) = event else { return }
        let now = clock.now
        meter.withLock { meter in
            if meter == nil {
                meter = RateMeter(from: now, inFlight: inFlight)
            } else {
                meter?.completed(units: tally.rowsRead, at: now)
            }
        }
    }

    /// Nil where too few chunks left it to tell how fast they do.
    var rate: Estimate? {
        meter.withLock { $0?.estimate }.flatMap { $0.samples > 1 ? $0 : nil }
    }
}
