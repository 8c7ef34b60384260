internal import Pipeline

/// How the program ends; schedulers rely on these numbers.
enum ExitStatus: Int32, Error {
    case done = 0
    /// Set-up or permanent error, or too many rejected rows.
    case failed = 1
    case usage = 2
    /// Done, but rows were rejected.
    case rejected = 3
    /// A comparison found differences.
    case differs = 4
    /// Stopped and resumable: an outage lasted too long, or another run is under way.
    case tryLater = 75
    /// Stopped and resumable: the terminal was closed.
    case hungUp = 129
    case interrupted = 130
    case terminated = 143

    /// - Parameter signal: the one that stopped the run, if one did.
    init(_ error: PipelineError, signal: StopSignal?) {
        switch error.kind {
        case .outage, .busy: self = .tryLater
        case .cancelled: self = signal?.status ?? .failed
        case .row, .server, .tooMuch, .setup, .tooManyRejections: self = .failed
        }
    }
}
