/// One attempt at a sync: a loop over chunks, and a task group of the chunks in flight.
///
/// There are no queues between the stages. The loop reads the next chunk when the window has room for it, gives it to a
/// task of its own, and moves the low-water mark when the oldest chunks are done. Structured concurrency is the
/// pipeline; the window is the back-pressure.
public struct SyncRun: Sendable {
    private let source: any RowSource
    private let endpoints: [Endpoint]
    private let sink: any VectorSink
    private let journal: any Journal
    private let options: RunOptions
    private let retrier: Retrier

    private var clock: RunClock { retrier.clock }
    private var observer: any Observer { retrier.observer }

    /// - Parameter retrier: brings the patience, the clock and the observer of the run.
    public init(
        source: any RowSource,
        endpoints: [Endpoint],
        sink: any VectorSink,
        journal: any Journal,
        options: RunOptions,
        retrier: Retrier
    ) {
        self.source = source
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
    ///   - checkpoint: where an earlier attempt left off.
    ///   - confirmation: is asked when all rows are done, with how many points were stored: throws when they are no
    ///     longer there, and the run has failed.
    ///   - stop: returns when the operator asks to stop; chunks in flight then get their grace.
    public func run(
        _ header: RunHeader,
        from checkpoint: Checkpoint?,
        confirmedBy confirmation: (Int) async throws(PipelineError) -> Void = { _ throws(PipelineError) in },
        until stop: @escaping @Sendable () async -> Void
    ) async -> RunSummary {
        let began = clock.now
        let pool = EndpointPool(endpoints, policy: retrier.policy, clock: clock)
        let meter = BusyMeter(clock: clock)
        let worker = ChunkWorker(pool: pool, sink: sink, retrier: retrier, meter: meter, options: options)
        var flow = Flow(ledger: Ledger(from: checkpoint, at: began), window: Window(capacity: options.window))

        observer.observe(.began(attempt: header.attempt, checkpoint: checkpoint))
        var status = RunStatus.failed
        var failure: PipelineError?
        do throws(PipelineError) {
            try await record([.began(header)], &flow)
            let outcome = try await drive(&flow, worker, until: stop)
            if outcome.isFinal { try await confirmation(flow.ledger.tally.upserted) }
            status = outcome
        } catch {
            failure = error
            if error.kind == .outage || error.kind == .cancelled { status = .interrupted }
        }
        await source.close()
        do throws(PipelineError) {
            try await commit(&flow)
            try await record([.ended(status, flow.ledger.tally)], &flow)
        } catch {
            // A run whose end is not durable has failed, unless something else made it fail first.
            status = .failed
            failure = failure ?? error
        }

        let duration = clock.now - began
        return RunSummary(
            status: status,
            tally: flow.ledger.tally,
            attempt: header.attempt,
            resumedFrom: checkpoint?.position,
            duration: duration,
            rowsThisAttempt: flow.ledger.tally.rowsRead - (checkpoint?.tally.rowsRead ?? 0),
            snapshots: flow.snapshots,
            busy: await meter.shares(of: duration),
            concurrencyReached: await pool.peak,
            error: failure
        )
    }

    /// What the loop keeps in its hands.
    private struct Flow: Sendable {
        var ledger: Ledger
        var window: Window<ChunkResult>
        var snapshots = 0
        /// Rows read so far, those in flight included.
        var rowsRead: Int
        /// Rows that earlier attempts rejected.
        let rejectedBefore: Int
        var isReading = false
        var isExhausted = false
        var isStopping = false
        /// The error after which the journal takes no more.
        var journalFailure: PipelineError?

        init(ledger: Ledger, window: Window<ChunkResult>) {
            self.ledger = ledger
            self.window = window
            rowsRead = ledger.tally.rowsRead
            rejectedBefore = ledger.tally.rejected
        }
    }

    /// What the loop waits for.
    private enum Happening: Sendable {
        case read(Chunk?, retries: Int)
        case finished(Window<ChunkResult>.Ticket, ChunkResult)
        case stopRequested
        case graceOver
    }

    private func drive(
        _ flow: inout Flow,
        _ worker: ChunkWorker,
        until stop: @escaping @Sendable () async -> Void
    ) async throws(PipelineError) -> RunStatus {
        do {
            return try await withThrowingTaskGroup(of: Happening.self) { group in
                defer { group.cancelAll() }
                let resume = flow.ledger.position
                group.addTask {
                    await stop()
                    return .stopRequested
                }
                group.addTask {
                    // Goes on until the loop is over and cancels it.
                    await worker.pool.keepTime()
                    throw PipelineError.cancelled
                }
                var isOpen = false
                while true {
                    if let limit = nextLimit(flow) {
                        flow.isReading = true
                        let opens = !isOpen
                        isOpen = true
                        group.addTask { try await read(limit, opening: opens, after: resume, worker.meter) }
                    }
                    if flow.window.isEmpty && (!flow.isReading || flow.isStopping) { break }
                    guard let happening = try await group.next() else { break }
                    switch happening {
                    case .read(let chunk, let retries):
                        flow.isReading = false
                        guard let chunk else {
                            flow.isExhausted = true
                            flow.ledger.add(retries: retries)
                            continue
                        }
                        // What is read while stopping would only be wasted on the grace of the others.
                        if flow.isStopping { continue }
                        flow.rowsRead += chunk.rowCount
                        flow.snapshots = max(flow.snapshots, chunk.snapshot)
                        let ticket = flow.window.admit(end: chunk.end)
                        group.addTask {
                            var result = try await worker.process(chunk)
                            result.tally.retries += retries
                            return .finished(ticket, result)
                        }
                    case .finished(let ticket, let result):
                        try await finish(ticket, result, &flow)
                    case .stopRequested:
                        flow.isStopping = true
                        observer.observe(.stopping(grace: options.grace))
                        group.addTask {
                            try await clock.sleep(options.grace)
                            return .graceOver
                        }
                    case .graceOver:
                        return .interrupted
                    }
                }
                if flow.isStopping && !flow.isExhausted { return .interrupted }
                return flow.ledger.tally.rejected == 0 ? .completed : .completedWithRejects
            }
        } catch {
            throw .wrapping(error)
        }
    }

    /// How much to read next; nil while there is no room, or nothing more to read.
    private func nextLimit(_ flow: Flow) -> ChunkLimit? {
        guard !flow.isReading, !flow.isExhausted, !flow.isStopping, flow.window.hasRoom else { return nil }
        var rows = options.chunkRows
        if let limit = options.limit { rows = min(rows, limit - flow.rowsRead) }
        return rows > 0 ? ChunkLimit(rows: rows, bytes: options.chunkBytes) : nil
    }

    private func read(
        _ limit: ChunkLimit,
        opening: Bool,
        after position: Position?,
        _ meter: BusyMeter
    ) async throws(PipelineError) -> Happening {
        await meter.begin(.source)
        var retries = 0
        if opening {
            retries += try await retrier.run(.source) { () async throws(PipelineError) in
                try await source.open(after: position)
            }.retries
        }
        let next = try await retrier.run(.source) { () async throws(PipelineError) in
            try await source.nextChunk(limit)
        }
        await meter.end(.source)
        return .read(next.result, retries: retries + next.retries)
    }

    private func finish(
        _ ticket: Window<ChunkResult>.Ticket,
        _ result: ChunkResult,
        _ flow: inout Flow
    ) async throws(PipelineError) {
        observer.observe(.finished(result.tally))
        for rejection in result.rejections { observer.observe(.rejected(rejection)) }
        for (end, result) in flow.window.finish(ticket, with: result) { flow.ledger.advance(to: end, result) }
        if flow.ledger.isCommitDue(at: clock.now, interval: options.commitInterval) { try await commit(&flow) }
        let rejected = flow.ledger.tally.rejected - flow.rejectedBefore
        if rejected > options.maxRejections {
            throw PipelineError(
                .tooManyRejections,
                "\(rejected) rows were rejected, more than the \(options.maxRejections) allowed",
                remedy: "see the reasons with 'pattern-sync journal'; then go on with a higher --max-rejects, or with "
                    + "--fresh, which tries the rejected rows again"
            )
        }
    }

    private func commit(_ flow: inout Flow) async throws(PipelineError) {
        guard let (events, checkpoint) = flow.ledger.takeUncommitted(at: clock.now) else { return }
        try await record(events, &flow)
        observer.observe(.committed(checkpoint))
    }

    private func record(_ events: [JournalEvent], _ flow: inout Flow) async throws(PipelineError) {
        if let failure = flow.journalFailure { throw failure }
        do throws(PipelineError) {
            try await journal.append(events)
        } catch {
            flow.journalFailure = error
            throw error
        }
    }
}
