/// A run that was begun and has not been completed, as a journal remembers it.
public struct InterruptedRun: Sendable, Equatable {
    /// Of its last attempt.
    public var header: RunHeader
    /// Its last durable low-water mark; nil when it did not get that far.
    public var checkpoint: Checkpoint?
    /// The keys of the rows below it that were rejected; nil stands for rows that have none.
    public var rejectedKeys: Set<RejectedKey?>

    public init(header: RunHeader, checkpoint: Checkpoint?, rejectedKeys: Set<RejectedKey?> = []) {
        self.header = header
        self.checkpoint = checkpoint
        self.rejectedKeys = rejectedKeys
    }
}
