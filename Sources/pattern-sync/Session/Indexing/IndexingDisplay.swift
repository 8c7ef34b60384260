internal import Logging
internal import Pipeline
internal import Qdrant
internal import Threading

/// Shows how far Qdrant has got with its index: on a terminal, and as a log line every ten seconds elsewhere.
struct IndexingDisplay {
    private let clock: RunClock
    private let logger: Logger
    private let isShown: Bool
    private let isInteractive: Bool
    private let began: Duration
    /// When a line was logged last.
    private let logged: Locked<Duration>

    private static let interval = Duration.seconds(10)

    /// - Parameter isShown: whether progress is wanted at all.
    init(
        clock: RunClock,
        logger: Logger,
        isShown: Bool,
        isInteractive: Bool = StandardError.shared.isInteractive
    ) {
        self.clock = clock
        self.logger = logger
        self.isShown = isShown
        self.isInteractive = isInteractive
        began = clock.now
        logged = Locked(began)
    }

    /// Since it was made.
    var elapsed: Duration { clock.now - began }

    @Sendable
    func show(_ progress: IndexingProgress) {
        guard isShown else { return }
        let line = Self.line(progress, after: elapsed)
        if isInteractive { return StandardError.shared.show(status: line) }
        let now = clock.now
        let isDue = logged.withLock { logged in
            guard now - logged >= Self.interval else { return false }
            logged = now
            return true
        }
        if isDue { logger.info("\(line)") }
    }

    /// Takes the line off the terminal.
    func end() {
        if isShown, isInteractive { StandardError.shared.show(status: "") }
    }

    static func line(_ progress: IndexingProgress, after elapsed: Duration) -> String {
        "Qdrant is building its index: \(progress.indexed) of \(progress.vectors) vectors indexed, \(elapsed.rough)"
    }
}
