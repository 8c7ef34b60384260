/// The durable record of runs, from which an interrupted one resumes.
public protocol Journal: Sendable {
    /// Appends the events as one group: after a crash all of them are there, or none.
    ///
    /// When it returns, they are durable. An error is final: the journal takes no more, and the run must end.
    func append(_ events: [JournalEvent]) async throws(PipelineError)
}

/// What a journal records of a run.
public enum JournalEvent: Sendable, Equatable {
    /// An attempt at a run begins.
    case began(RunHeader)
    /// The low-water mark moved.
    case checkpoint(Checkpoint)
    /// A row below the low-water mark was rejected.
    case rejected(Rejection)
    /// The attempt is over; without this line it was killed.
    case ended(RunStatus, Tally)
}
