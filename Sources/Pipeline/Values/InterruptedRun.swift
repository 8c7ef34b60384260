/// A full run that was begun and has not been completed, as a journal remembers it.
public struct InterruptedRun: Sendable, Equatable {
    /// Of its last attempt.
    public var header: RunHeader
    /// Its last durable low-water mark; nil when it did not get that far.
    public var checkpoint: Checkpoint?

    public init(header: RunHeader, checkpoint: Checkpoint?) {
        self.header = header
        self.checkpoint = checkpoint
    }
}

/// What the target itself can say about the run that last wrote to it.
public enum TargetEvidence: Sendable, Equatable {
    /// There is no target yet.
    case missing
    /// The generation that is stamped into it; nil when none is.
    case stamped(String?)
    /// It cannot be stamped, and holds so many of this sync's points.
    case counted(Int)
}
