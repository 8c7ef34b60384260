/// What a run has done below its low-water mark, and how much of that is durable.
struct Ledger: Sendable {
    /// The counts below the low-water mark, earlier attempts included.
    private(set) var tally: Tally
    private(set) var position: Position?
    private var rejections: [Rejection] = []
    private var isDirty = false
    private var committedAt: Duration

    init(from checkpoint: Checkpoint?, at now: Duration) {
        tally = checkpoint?.tally ?? Tally()
        position = checkpoint?.position
        committedAt = now
    }

    /// Moves the low-water mark over a chunk that is done.
    mutating func advance(to end: Position, _ result: ChunkResult) {
        position = end
        tally += result.tally
        rejections += result.rejections
        isDirty = true
    }

    /// Counts what no chunk can be charged with.
    mutating func add(retries: Int) {
        tally.retries += retries
    }

    func isCommitDue(at now: Duration, interval: Duration) -> Bool {
        isDirty && now - committedAt >= interval
    }

    /// What has to be made durable, if anything: the rejections below the mark, then the mark.
    mutating func takeUncommitted(at now: Duration) -> (events: [JournalEvent], checkpoint: Checkpoint)? {
        guard isDirty, let position else { return nil }
        let checkpoint = Checkpoint(position: position, tally: tally)
        let events = rejections.map(JournalEvent.rejected) + [.checkpoint(checkpoint)]
        rejections = []
        isDirty = false
        committedAt = now
        return (events, checkpoint)
    }
}
