/// One attempt at a sync.
///
/// 1. The main feed is carried over, a chunk at a time and several at once: see `ChunkLoop` and `ChunkWorker`.
/// 2. Where its rows were read in more than one snapshot, rows and points are compared once more: what changed behind the
///    reading is caught up with.
/// 3. Where the target holds more points than rows were met, those without a row are looked for, and deleted if told so.
public struct SyncRun: Sendable {
    let feeds: RunFeeds
    let endpoints: [Endpoint]
    let sink: any VectorSink
    let journal: any Journal
    let options: RunOptions
    let retrier: Retrier

    var clock: RunClock { retrier.clock }
    var observer: any Observer { retrier.observer }

    /// - Parameter retrier: brings the patience, the clock and the observer of the run.
    public init(
        feeds: RunFeeds,
        endpoints: [Endpoint],
        sink: any VectorSink,
        journal: any Journal,
        options: RunOptions,
        retrier: Retrier
    ) {
        self.feeds = feeds
        self.endpoints = endpoints
        self.sink = sink
        self.journal = journal
        self.options = options
        self.retrier = retrier
    }

    /// Runs until every row is done, an error ends it, or `stop` returns.
    ///
    /// - Parameters:
    ///   - header: of this attempt, as it goes into the journal.
    ///   - interrupted: the run that this attempt resumes.
    ///   - confirmation: is asked when all rows are done, before any point is deleted: throws when the target is no longer
    ///     the one that was written to, and the run has failed.
    ///   - stop: returns when the operator asks to stop; chunks in flight then get their grace.
    public func run(
        _ header: RunHeader,
        resuming interrupted: InterruptedRun? = nil,
        confirmedBy confirmation: () async throws(PipelineError) -> Void = { () throws(PipelineError) in },
        until stop: @escaping @Sendable () async -> Void
    ) async -> RunSummary {
        let began = clock.now
        let checkpoint = interrupted?.checkpoint
        let pool = EndpointPool(endpoints, policy: retrier.policy, clock: clock, options: options)
        let meter = BusyMeter(clock: clock)
        let request = StopRequest()
        var books = RunBooks(
            journal: journal,
            ledger: Ledger(from: checkpoint, rejectedKeys: interrupted?.rejectedKeys ?? [], at: began),
            options: options,
            retrier: retrier
        )
        observer.observe(.began(attempt: header.attempt, checkpoint: checkpoint))
        var status = RunStatus.failed
        var failure: PipelineError?
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await stop()
                await request.make()
            }
            group.addTask { await pool.keepTime() }
            do throws(PipelineError) {
                try await books.record([.began(header)])
                let passes = Passes(run: self, worker: worker(pool, meter), meter: meter, stop: request)
                let isComplete = try await passes.run(from: checkpoint, &books, confirmedBy: confirmation)
                status = !isComplete ? .interrupted : books.tally.rejected == 0 ? .completed : .completedWithRejects
            } catch {
                failure = error
                if error.kind == .outage || error.kind == .cancelled { status = .interrupted }
            }
            group.cancelAll()
        }
        await feeds.close()
        do throws(PipelineError) {
            try await books.commit()
            try await books.record([.ended(status, books.tally)])
        } catch {
            // A run whose end is not durable has failed, unless something else made it fail first.
            status = .failed
            failure = failure ?? error
        }

        let duration = clock.now - began
        return RunSummary(
            status: status,
            tally: books.tally,
            attempt: header.attempt,
            resumedFrom: checkpoint?.position,
            duration: duration,
            rowsThisAttempt: books.tally.rowsRead - (checkpoint?.tally.rowsRead ?? 0),
            snapshots: books.snapshots,
            caughtUp: books.caughtUp,
            rejections: books.firstRejections,
            truncated: books.firstTruncated,
            busy: await meter.shares(of: duration),
            concurrencyReached: await pool.peak,
            endpoints: await pool.summaries,
            error: failure
        )
    }

    private func worker(_ pool: EndpointPool, _ meter: BusyMeter) -> ChunkWorker {
        ChunkWorker(
            comparer: Comparer(reader: sink, adopts: options.adopts, retrier: retrier, meter: meter),
            lookup: feeds.lookup,
            embedding: EmbedStep(
                request: EmbedRequest(pool: pool, retrier: retrier, meter: meter),
                options: options
            ),
            storing: StoreStep(sink: sink, retrier: retrier, meter: meter, slots: Slots(options.upserts)),
            donor: feeds.donor,
            options: options,
            slots: Slots(options.window, bytes: options.windowBytes)
        )
    }
}
