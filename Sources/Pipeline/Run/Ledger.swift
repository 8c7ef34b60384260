/// What a run has done below its low-water mark, and how much of that is durable.
struct Ledger: Sendable {
    /// The counts below the low-water mark, earlier attempts included.
    private(set) var tally: Tally
    private(set) var position: Position?
    private var rejections: [Rejection] = []
    private var isDirty = false
    private var committedAt: Duration
    /// The keys of all rows that were rejected; nil stands for rows that have none.
    private var rejectedKeys: Set<RejectedKey?>

    /// - Parameter rejectedKeys: of rows that earlier attempts rejected.
    init(from checkpoint: Checkpoint?, rejectedKeys: Set<RejectedKey?> = [], at now: Duration) {
        tally = checkpoint?.tally ?? Tally()
        position = checkpoint?.position
        self.rejectedKeys = rejectedKeys
        committedAt = now
    }

    /// Takes out what has been rejected before: a row that is met again in a further pass or attempt is one row.
    mutating func withoutKnownRejections(_ result: ChunkResult) -> ChunkResult {
        var result = result
        var new: [Rejection] = []
        for rejection in result.rejections {
            if rejectedKeys.insert(rejection.key.map { RejectedKey($0) }).inserted {
                new.append(rejection)
            } else if rejection.key == nil {
                // No mark lies above rows without a key, so that each attempt reads them.
                result.tally.rowsRead -= rejection.rowCount
            }
        }
        result.rejections = new
        result.tally.rejected = new.reduce(0) { $0 + $1.rowCount }
        return result
    }

    /// Moves the low-water mark over a chunk that is done.
    mutating func advance(to end: Position, _ result: ChunkResult) {
        position = end
        tally += result.tally
        rejections += result.rejections
        isDirty = true
    }

    /// Counts what a further pass over the same rows has changed; the low-water mark stays where it is.
    mutating func amend(_ result: ChunkResult) {
        var changes = result.tally
        changes.rowsRead = 0
        changes.unchanged = 0
        guard changes != Tally() else { return }
        tally += changes
        rejections += result.rejections
        isDirty = true
    }

    /// Counts what no chunk can be charged with.
    mutating func add(_ part: Tally) {
        tally += part
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
