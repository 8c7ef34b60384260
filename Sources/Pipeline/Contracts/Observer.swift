/// Is told what happens during a run: the executable turns it into progress, log and metrics.
public protocol Observer: Sendable {
    /// Called from any task, often; returns at once.
    func observe(_ event: RunEvent)
}

/// The parts of the pipeline that can make a run wait.
public enum Stage: String, Sendable, CaseIterable {
    case source
    case embedder
    case sink
}

public enum RunEvent: Sendable {
    /// An attempt begins, or resumes behind `checkpoint`.
    case began(attempt: Int, checkpoint: Checkpoint?)
    /// A chunk left the pipeline: `tally` is what it adds.
    case finished(Tally)
    /// The low-water mark is durable.
    case committed(Checkpoint)
    case rejected(Rejection)
    /// A fault of a server: the stage tries again after `delay`.
    case waiting(Stage, PipelineError, attempt: Int, delay: Duration)
    /// The stage that was waiting goes on.
    case recovered(Stage)
    /// No more chunks are read; those in flight get `grace` to finish.
    case stopping(grace: Duration)
}

/// Tells several observers the same.
public struct Observers: Observer {
    private let all: [any Observer]

    public init(_ all: [any Observer]) {
        self.all = all
    }

    public func observe(_ event: RunEvent) {
        for observer in all { observer.observe(event) }
    }
}
