/// The outcome of an attempt, and of the whole run up to its end.
public struct RunSummary: Sendable {
    /// How the attempt ended.
    public var status: RunStatus
    /// Of the whole run, earlier attempts included.
    public var tally: Tally
    /// Counts the attempts at the run, from 1.
    public var attempt: Int
    /// Where this attempt took up an earlier one.
    public var resumedFrom: Position?
    /// Of this attempt.
    public var duration: Duration
    /// Rows that this attempt finished.
    public var rowsThisAttempt: Int
    /// How many snapshots of the source this attempt read.
    public var snapshots: Int
    /// Whether rows and points were compared once more at the end.
    public var caughtUp: Bool
    /// The first of the rows that this attempt rejected.
    public var rejections: [Rejection]
    /// The first of the rows whose text this attempt had to cut.
    public var truncated: [RowKey]
    /// The share of the attempt's time in which each stage had work under way, 0 to 1.
    public var busy: [Stage: Double]
    /// The most embedding requests in flight at once.
    public var concurrencyReached: Int
    /// What each embedding server has done in this attempt.
    public var endpoints: [EndpointSummary]
    /// Why it failed, or was stopped.
    public var error: PipelineError?

    /// Of this attempt; 0 where it took no time.
    public var rowsPerSecond: Double {
        let seconds = duration / .seconds(1)
        return seconds > 0 ? Double(rowsThisAttempt) / seconds : 0
    }

    /// The stage that was busy for most of the time; nil when the engine itself was what the stages waited for.
    public var bottleneck: Stage? {
        guard let (stage, share) = busy.max(by: { $0.value < $1.value }), share >= 0.5 else { return nil }
        return stage
    }
}
