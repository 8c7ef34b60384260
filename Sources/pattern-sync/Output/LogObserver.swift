internal import Logging
internal import Pipeline
internal import Threading

/// Logs what a person should know of a run while it goes on.
struct LogObserver: Observer {
    private let logger: Logger
    private let state = Locked(State())

    /// More rejections than these are only counted: the journal has them all.
    private static let loggedRejections = 20

    private struct State {
        var rejections = 0
        var waiting: Set<Stage> = []
        /// Embedding servers that others had to help.
        var late: Set<String> = []
        var lastWarning: [Stage: ContinuousClock.Instant] = [:]

        /// Whether a fault of the stage is news: not while an outage is known to go on, nor every second of a bad day.
        mutating func isNews(_ stage: Stage, at now: ContinuousClock.Instant) -> Bool {
            if waiting.contains(stage) { return false }
            if let last = lastWarning[stage], last.duration(to: now) < .seconds(10) { return false }
            waiting.insert(stage)
            lastWarning[stage] = now
            return true
        }
    }

    init(logger: Logger) {
        self.logger = logger
    }

    func observe(_ event: RunEvent) {
        switch event {
        case .began(let attempt, let checkpoint):
            guard let checkpoint else { return }
            logger.info(
                "attempt \(attempt) resumes after \(checkpoint.tally.rowsRead) rows, behind \(checkpoint.position)"
            )
        case .entered(.carrying): break
        case .entered(.catchingUp):
            logger.info(
                "the rows were not read in one snapshot and attempt: comparing all of them with their points once more"
            )
        case .entered(.sweeping): logger.debug("counting points without a row")
        case .rejected(let rejection):
            let count = state.withLock { state in
                state.rejections += 1
                return state.rejections
            }
            if count <= Self.loggedRejections {
                logger.warning("row \(rejection.key ?? "without key") rejected: \(rejection.reason)")
            } else if count == Self.loggedRejections + 1 {
                logger.warning("more rows are rejected: 'pattern-sync journal' lists all of them")
            }
        case .waiting(let stage, let error, let attempt, let delay):
            // An outage is told when it begins; its further failures are for those who want to know everything.
            let isNew = state.withLock { $0.isNews(stage, at: .now) }
            logger.log(
                level: isNew ? .warning : .debug,
                "waiting for the \(stage.rawValue): \(error) (failure \(attempt), next try in \(delay.seconds) s)"
            )
        case .recovered(let stage):
            if state.withLock({ $0.waiting.remove(stage) != nil }) { logger.info("the \(stage.rawValue) is back") }
        case .tuned(let server, let setting): logger.debug("\(server): \(setting.words) in flight from now on")
        case .overtaken(let server, let other):
            // One that is slow is late again and again.
            let isNew = state.withLock { $0.late.insert(server).inserted }
            logger.log(level: isNew ? .info : .debug, "\(server) is late: \(other) has embedded its texts")
        case .stopping(let grace):
            logger.info("stopping: chunks in flight get \(grace.seconds) s to finish")
        case .committed(let checkpoint):
            logger.debug("checkpoint after \(checkpoint.tally.rowsRead) rows")
        case .finished, .embedded, .stored: break
        }
    }
}

extension LimiterSetting {
    /// For instance `2×16 texts`.
    var words: String { "\(concurrency)×\(texts) texts" }
}

extension Duration {
    /// With one digit behind the point.
    var seconds: String {
        let tenths = Int64((self / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// In the unit that a person would use.
    var rough: String {
        let whole = Int((self / .seconds(1)).rounded(.up))
        if whole < 100 { return "\(whole) s" }
        if whole < 6_000 { return "\(whole / 60) min" }
        return "\(whole / 3_600) h \(whole % 3_600 / 60) min"
    }
}
