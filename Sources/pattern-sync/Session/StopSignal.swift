/// A signal by which an operator ends the program.
enum StopSignal: Sendable, CaseIterable {
    case interrupt
    case terminate
    /// The terminal is gone.
    case hangUp

    var status: ExitStatus {
        switch self {
        case .interrupt: .interrupted
        case .terminate: .terminated
        case .hangUp: .hungUp
        }
    }
}
