internal import Bench
internal import Foundation
internal import Logging
internal import Pipeline
internal import Threading

/// Shows what is being measured: a status line on a terminal, a line for each measurement elsewhere.
struct BenchProgress: Sendable {
    private let logger: Logger
    private let clock: RunClock
    private let isLive: Bool
    private let isSilent: Bool
    private let state = Locked(State())

    private struct State {
        var what = ""
        var since: Duration = .zero
        /// What the measurement before came to.
        var last = ""
    }

    init(_ log: LogConfiguration, clock: RunClock) {
        logger = log.logger()
        self.clock = clock
        isSilent = !log.showsProgress
        isLive = log.showsProgress && StandardError.shared.isInteractive
    }

    /// Something is measured from now on.
    func begins(_ what: String) {
        state.withLock { state in
            state.what = what
            state.since = clock.now
        }
        show()
    }

    /// It has come to this.
    func ended(_ result: String) {
        let what = state.withLock { state in
            state.last = result
            return state.what
        }
        if !isLive, !isSilent { logger.info("\(what): \(result)") }
    }

    func ended(_ result: LoadResult, _ units: String) {
        ended(Self.text(result.rate, units) + (result.errors > 0 ? ", \(result.errors) errors" : ""))
    }

    /// Keeps the status line alive while `body` runs.
    func showing<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
        guard isLive else { return await body() }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while (try? await clock.sleep(.milliseconds(250))) != nil { show() }
            }
            let result = await body()
            group.cancelAll()
            await group.waitForAll()
            StandardError.shared.show(status: "")
            return result
        }
    }

    private func show() {
        guard isLive else { return }
        let state = state.withLock { $0 }
        guard !state.what.isEmpty else { return }
        let seconds = Int((clock.now - state.since) / .seconds(1))
        let last = state.last.isEmpty ? "" : " · before: \(state.last)"
        StandardError.shared.show(status: "measuring \(state.what) · \(seconds) s\(last)")
    }

    static func text(_ rate: Estimate, _ units: String) -> String {
        guard rate.mean > 0 else { return "nothing measured" }
        let half = (rate.high - rate.low) / 2 / rate.mean * 100
        let digits = rate.mean < 100 ? 1 : 0
        return String(format: "%.\(digits)f %@/s ± %.1f %%", rate.mean, units, half)
    }
}
