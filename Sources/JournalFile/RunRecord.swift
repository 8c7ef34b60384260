public import Pipeline

/// What a journal remembers of one run: of all attempts at it together.
public struct RunRecord: Sendable, Equatable {
    /// Of the latest attempt.
    public var header: RunHeader
    /// When its first attempt began.
    public var startedAt: Timestamp
    /// When its latest attempt ended; nil when that is under way, or was killed.
    public var endedAt: Timestamp?
    /// How its latest attempt ended; nil when that is under way, or was killed.
    public var status: RunStatus?
    /// Its last durable low-water mark.
    public var checkpoint: Checkpoint?
    /// What had been done when its latest attempt ended; else up to the low-water mark.
    public var tally: Tally
    /// How many rows were rejected.
    public var rejectedRows: Int
    /// The rejected rows of a run that may be under way or be taken up.
    public var rejected = RejectedRows()
}
