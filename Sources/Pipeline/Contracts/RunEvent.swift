/// The parts of the pipeline that can make a run wait.
public enum Stage: String, Sendable, CaseIterable {
    case source
    case embedder
    case sink
}

/// The parts of a run, one after another.
public enum Phase: Sendable {
    /// The rows are carried over.
    case carrying
    /// Rows and points are compared once more, because the rows were read in more than one snapshot.
    case catchingUp
    /// Points without a row are looked for.
    case sweeping
}

/// What happens during a run, as observers are told it.
public enum RunEvent: Sendable {
    /// An attempt begins, or resumes behind `checkpoint`.
    case began(attempt: Int, checkpoint: Checkpoint?)
    case entered(Phase)
    /// A chunk left the pipeline: `tally` is what it adds.
    case finished(Tally)
    /// The low-water mark is durable.
    case committed(Checkpoint)
    case rejected(Rejection)
    /// A fault of a server: the stage tries again after `delay`.
    case waiting(Stage, PipelineError, attempt: Int, delay: Duration)
    /// The stage that was waiting goes on.
    case recovered(Stage)
    /// An embedding server has answered a request: so many texts, their bytes together, and how long the answer took.
    case embedded(server: String, texts: Int, bytes: Int, took: Duration)
    /// The sink has completed a change of so many points, and how long it took.
    case stored(points: Int, took: Duration)
    /// An embedding server's requests are cut and counted out so from now on, because it does more that way.
    case tuned(server: String, LimiterSetting)
    /// An embedding server was so late that its texts were sent to another one as well, which has answered.
    case overtaken(server: String, by: String)
    /// No more chunks are read; those in flight get `grace` to finish.
    case stopping(grace: Duration)
}
