/// The accounts of a run: what is done, what of it is durable, and what there is to tell at the end.
struct RunBooks {
    private let journal: any Journal
    private let options: RunOptions
    private let retrier: Retrier
    private var ledger: Ledger
    /// Rows that earlier attempts rejected.
    private let rejectedBefore: Int
    /// The error after which the journal takes no more.
    private var journalFailure: PipelineError?

    var snapshots = 0
    var caughtUp = false
    private(set) var firstRejections: [Rejection] = []
    private(set) var firstTruncated: [RowKey] = []

    /// Longer lists serve nobody; the journal has all rejections.
    private static let listed = 1_000

    init(journal: any Journal, ledger: Ledger, options: RunOptions, retrier: Retrier) {
        self.journal = journal
        self.ledger = ledger
        self.options = options
        self.retrier = retrier
        rejectedBefore = ledger.tally.rejected
    }

    var tally: Tally { ledger.tally }

    mutating func add(_ part: Tally) {
        ledger.add(part)
    }

    /// Takes in a chunk of the main pass, and moves the low-water mark over those that leave the window.
    mutating func take(_ finished: ChunkLoop.Finished<ChunkResult>) async throws(PipelineError) {
        tell(finished.result)
        for (end, result) in finished.released {
            let result = ledger.withoutKnownRejections(result)
            list(result)
            ledger.advance(to: end, result)
        }
        try await settle()
    }

    /// Takes in a chunk of a further pass over the same rows.
    mutating func amend(_ finished: ChunkLoop.Finished<ChunkResult>) async throws(PipelineError) {
        for (_, result) in finished.released {
            let result = ledger.withoutKnownRejections(result)
            tell(result)
            list(result)
            ledger.amend(result)
        }
        try await settle()
    }

    private func tell(_ result: ChunkResult) {
        retrier.observer.observe(.finished(result.tally))
    }

    private mutating func list(_ result: ChunkResult) {
        for rejection in result.rejections { retrier.observer.observe(.rejected(rejection)) }
        firstRejections += result.rejections.prefix(Self.listed - firstRejections.count)
        firstTruncated += result.truncated.prefix(Self.listed - firstTruncated.count)
    }

    private mutating func settle() async throws(PipelineError) {
        if ledger.isCommitDue(at: retrier.clock.now, interval: options.commitInterval) { try await commit() }
        let rejected = ledger.tally.rejected - rejectedBefore
        if rejected > options.maxRejections {
            throw PipelineError(
                .tooManyRejections,
                "\(rejected) rows were rejected, more than the \(options.maxRejections) allowed",
                remedy: "see the reasons with 'pattern-sync journal'; then go on with a higher --max-rejects, and sync "
                    + "the rejected rows with --retry-rejected once their cause is mended"
            )
        }
    }

    /// Makes durable what is not yet.
    mutating func commit() async throws(PipelineError) {
        guard let (events, checkpoint) = ledger.takeUncommitted(at: retrier.clock.now) else { return }
        try await record(events)
        retrier.observer.observe(.committed(checkpoint))
    }

    mutating func record(_ events: [JournalEvent]) async throws(PipelineError) {
        if let journalFailure { throw journalFailure }
        do throws(PipelineError) {
            try await journal.append(events)
        } catch {
            journalFailure = error
            throw error
        }
    }
}
