/// The passes of a run, one after another.
struct Passes: Sendable {
    let run: SyncRun
    let worker: ChunkWorker
    let meter: BusyMeter
    let stop: StopRequest

    /// Runs all passes that are needed.
    ///
    /// - Returns: whether they came to their end; if not, the run was stopped.
    func run(
        from checkpoint: Checkpoint?,
        _ books: inout RunBooks,
        confirmedBy confirmation: () async throws(PipelineError) -> Void
    ) async throws(PipelineError) -> Bool {
        run.observer.observe(.entered(.carrying))
        var matched = 0
        let rowLimit = run.options.limit.map { $0 - books.tally.rowsRead }
        let carried = try await loop(run.feeds.main, rowLimit).run(
            after: checkpoint?.position,
            until: stop,
            process: worker.process
        ) { finished throws(PipelineError) in
            matched += finished.result.tally.matched
            try await books.take(finished)
        }
        books.snapshots = carried.snapshots
        books.add(.retries(carried.retries))
        guard carried.isComplete else { return false }
        // A part of the table says nothing about points that it has no row for.
        guard !run.options.isPartial else { return true }
        if checkpoint != nil || carried.snapshots > 1 {
            guard let found = try await catchUp(&books) else { return false }
            matched = found
        }
        try await books.commit()
        try await confirmation()
        return try await sweep(matched: matched, &books)
    }

    /// Compares all rows with their points once more.
    ///
    /// - Returns: how many points belong to a row; nil when it was stopped.
    private func catchUp(_ books: inout RunBooks) async throws(PipelineError) -> Int? {
        run.observer.observe(.entered(.catchingUp))
        var matched = 0
        let outcome = try await loop(run.feeds.digests, nil).run(after: nil, until: stop, process: worker.process) {
            finished throws(PipelineError) in
            matched += finished.result.tally.matched
            try await books.amend(finished)
        }
        books.add(.retries(outcome.retries))
        guard outcome.isComplete else { return nil }
        books.caughtUp = true
        return matched
    }

    /// Counts the stale points, and deletes them if told so.
    ///
    /// - Returns: false when it was stopped.
    private func sweep(matched: Int, _ books: inout RunBooks) async throws(PipelineError) -> Bool {
        let (sink, retrier, prune) = (run.sink, run.retrier, run.options.prune)
        // A run whose rows are all done is complete even when it is told to stop now: the count gets a little time, since
        // the chunks may have had the grace.
        let counted = try await unlessStopped(grace: min(run.options.grace, .seconds(1))) {
            () async throws(PipelineError) in
            try await retrier.run(.sink) { () async throws(PipelineError) in try await sink.count() }
        }
        guard let (points, retries) = counted else { return false }
        books.add(.retries(retries))
        guard points >= matched else {
            throw PipelineError(
                .setup,
                "the target holds \(points) of the \(matched) points that were stored or found, although the run went on "
                    + "until now",
                remedy: "find out what deletes points, and run the sync again"
            )
        }
        guard points > matched else { return true }
        run.observer.observe(.entered(.sweeping))
        let sweep = StaleSweep(reader: sink, lookup: run.feeds.lookup, retrier: retrier)
        // It is abandoned at once: nothing of it is half done.
        let swept = try await unlessStopped(grace: .zero) { () async throws(PipelineError) in
            var outcome = try await sweep.count()
            if let prune, outcome.stale > 0 {
                try prune.check(stale: outcome.stale, of: points)
                try await sweep.delete(most: outcome.stale, from: sink, &outcome)
            }
            return outcome
        }
        guard let swept else { return false }
        books.add(.swept(swept))
        return true
    }

    /// Does `work`; nil when the run is told to stop, and `grace` is over, before it is done.
    private func unlessStopped<Result: Sendable>(
        grace: Duration,
        _ work: @escaping @Sendable () async throws(PipelineError) -> Result
    ) async throws(PipelineError) -> Result? {
        do {
            return try await withThrowingTaskGroup(of: Result?.self) { group in
                defer { group.cancelAll() }
                group.addTask { try await work() }
                group.addTask {
                    await stop.wait()
                    try await run.clock.sleep(grace)
                    return nil
                }
                return try await group.next() ?? nil
            }
        } catch {
            throw .wrapping(error)
        }
    }

    private func loop(_ source: any RowSource, _ rowLimit: Int?) -> ChunkLoop {
        ChunkLoop(
            source: source,
            limits: run.options,
            rowLimit: rowLimit,
            retrier: run.retrier,
            meter: meter,
            expectsMore: { [pool = worker.embedding.request.pool] in await pool.expect(more: $0) }
        )
    }
}

extension Tally {
    /// Rows that have their point.
    fileprivate var matched: Int { upserted + payloadUpdated + unchanged }

    fileprivate static func retries(_ count: Int) -> Tally {
        var tally = Tally()
        tally.retries = count
        return tally
    }

    fileprivate static func swept(_ outcome: StaleSweep.Outcome) -> Tally {
        var tally = Tally.retries(outcome.retries)
        tally.stale = outcome.stale
        tally.deleted = outcome.deleted
        return tally
    }
}
