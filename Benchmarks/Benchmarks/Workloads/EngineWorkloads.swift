import Pipeline

extension Workload {
    /// Chunks of digests beside the marks of their points, none of which differs.
    static let comparison = Workload("comparison", "1,000 digests compared with their points", count: 20) { count in
        let rows = count * 1_000
        let run = ComparisonRun(
            source: GeneratedDigests(chunks: count),
            lookup: NoLookup(),
            reader: MarkReader(count: rows),
            options: RunOptions(),
            retrier: .unhurried
        )
        let summary = try await run.run { _ in }
        guard summary.unchanged == rows, summary.differences == 0 else { throw WorkloadFault("\(summary)") }
    }

    /// The way of a chunk through the engine, between a source and servers that take no time.
    static let engine = Workload("engine", "a chunk of 100 rows embedded and stored", count: 100) { count in
        let rows = count * 100
        let summary = await SyncRun.inMemory(rows: rows, embedders: 2).run(Inputs.header()) {
            // Nobody asks to stop; this returns when it is cancelled.
            let (requests, ending) = AsyncStream.makeStream(of: Never.self)
            for await _ in requests {}
            ending.finish()
        }
        guard summary.status == .completed, summary.tally.upserted == rows else { throw WorkloadFault("\(summary)") }
    }
}

extension Retrier {
    static var unhurried: Retrier {
        Retrier(policy: RetryPolicy(), clock: RunClock(ContinuousClock()), observer: NoObserver())
    }
}

extension SyncRun {
    /// A run whose source and servers take no time.
    public static func inMemory(
        rows: Int,
        embedders: Int,
        journal: any Journal = CountingJournal(),
        committing interval: Duration = .seconds(1)
    ) -> SyncRun {
        var options = RunOptions()
        options.commitInterval = interval
        // Requests that suit the server of the moment would differ from run to run.
        options.requestTexts = 16
        return SyncRun(
            feeds: RunFeeds(main: GeneratedRows(count: rows), digests: GeneratedRows(count: 0), lookup: NoLookup()),
            endpoints: (0..<embedders).map { _ in Endpoint(InstantEmbedder(), limit: 4) },
            sink: CountingSink(),
            journal: journal,
            options: options,
            retrier: .unhurried
        )
    }
}
