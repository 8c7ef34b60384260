internal import Logging
internal import Pipeline
internal import Threading

/// Shows how far a run is: a bar on a terminal, a log line every ten seconds elsewhere.
struct ProgressObserver: Observer {
    private let total: Int
    private let clock: RunClock
    private let logger: Logger
    private let state = Locked(State())

    private struct State {
        var rows = 0
        var rejected = 0
        var retries = 0
        var resumed = 0
        var phase = Phase.carrying
        /// Rows that were compared once more.
        var compared = 0
        var waiting: [Stage: String] = [:]
        /// Of the embedding servers whose setting has changed.
        var settings: [String: LimiterSetting] = [:]
    }

    /// - Parameter total: rows of the whole run, as far as they are known.
    init(total: Int, clock: RunClock, logger: Logger) {
        self.total = total
        self.clock = clock
        self.logger = logger
    }

    func observe(_ event: RunEvent) {
        state.withLock { state in
            switch event {
            case .began(_, let checkpoint):
                state.resumed = checkpoint?.tally.rowsRead ?? 0
                state.rows = state.resumed
                state.rejected = checkpoint?.tally.rejected ?? 0
            case .entered(let phase): state.phase = phase
            case .finished(let tally):
                if state.phase == .carrying { state.rows += tally.rowsRead } else { state.compared += tally.rowsRead }
                state.rejected += tally.rejected
                state.retries += tally.retries
            case .waiting(let stage, let error, _, _): state.waiting[stage] = error.message
            case .recovered(let stage): state.waiting[stage] = nil
            case .tuned(let server, let setting): state.settings[server] = setting
            case .rejected, .committed, .overtaken, .stopping, .embedded, .stored: break
            }
        }
    }

    /// Shows progress until the task is cancelled.
    func run() async {
        let began = clock.now
        let terminal = StandardError.shared
        let isInteractive = terminal.isInteractive
        do throws(PipelineError) {
            while true {
                try await clock.sleep(isInteractive ? .milliseconds(250) : .seconds(10))
                let line = line(after: clock.now - began)
                if isInteractive { terminal.show(status: line) } else { logger.info("\(line)") }
            }
        } catch {
            if isInteractive { terminal.show(status: "") }
        }
    }

    /// For instance `[#####.....] 50 % · 500 of 1000 rows · 80.0 rows/s · 6 s left`.
    func line(after elapsed: Duration) -> String {
        let state = state.withLock { $0 }
        let seconds = elapsed / .seconds(1)
        let rate = seconds > 0 ? Double(state.rows - state.resumed) / seconds : 0
        let known = max(total, state.rows)
        let share = known > 0 ? Double(state.rows) / Double(known) : 0
        let filled = Int(share * 20)
        var parts = [
            "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: 20 - filled))] \(Int(share * 100)) %",
            "\(state.rows) of \(known) rows",
            "\(Double(Int(rate * 10)) / 10) rows/s",
        ]
        if rate > 0, known > state.rows { parts.append(Self.left(Double(known - state.rows) / rate)) }
        let settings = Set(state.settings.values.map(\.words)).sorted()
        if !settings.isEmpty { parts.append("\(settings.joined(separator: ", ")) in flight") }
        if state.phase != .carrying { parts.append("\(state.compared) compared once more") }
        if state.rejected > 0 { parts.append("\(state.rejected) rejected") }
        if state.retries > 0 { parts.append("\(state.retries) retries") }
        for stage in Stage.allCases {
            if let reason = state.waiting[stage] { parts.append("waiting for the \(stage.rawValue): \(reason)") }
        }
        return parts.joined(separator: " · ")
    }

    private static func left(_ seconds: Double) -> String {
        "\(Duration.seconds(seconds).rough) left"
    }
}
