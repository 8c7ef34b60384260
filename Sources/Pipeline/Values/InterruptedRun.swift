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
