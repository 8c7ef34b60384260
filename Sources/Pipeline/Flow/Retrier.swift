/// Repeats an operation while a server cannot answer, and tells the observer that the run waits.
///
/// Copies share what they know of the servers' health.
public struct Retrier: Sendable {
    public var policy: RetryPolicy
    public var clock: RunClock
    public var observer: any Observer
    private let health = StageHealth()

    public init(policy: RetryPolicy, clock: RunClock, observer: any Observer) {
        self.policy = policy
        self.clock = clock
        self.observer = observer
    }

    /// The failures of one operation since it began or last succeeded.
    struct Failures: Sendable {
        /// In a row.
        fileprivate var count = 0
        fileprivate var first: Duration?
        /// Whether the observer was told that the operation waits.
        fileprivate var isTold = false

        /// Lets the delays begin anew, as for an operation that was changed since it failed.
        mutating func forgetDelays() {
            count = 0
        }
    }

    /// Runs `operation` until it succeeds, fails for good, or the server was away for longer than the policy's `maxOutage`.
    ///
    /// - Returns: its result, and how many times it was tried again.
    /// - Throws: what the operation throws, or `.outage`.
    public func run<Result>(
        _ stage: Stage,
        _ operation: () async throws(PipelineError) -> Result
    ) async throws(PipelineError) -> (result: Result, retries: Int) {
        var failures = Failures()
        while true {
            do throws(PipelineError) {
                let result = try await operation()
                let retries = failures.count
                await succeeded(stage, &failures)
                return (result, retries)
            } catch {
                guard error.isRetryable else { throw error }
                try await wait(stage, error, &failures)
            }
        }
    }

    /// Takes note that the operation succeeded.
    func succeeded(_ stage: Stage, _ failures: inout Failures) async {
        await health.succeeded(stage, at: clock.now)
        if failures.isTold { observer.observe(.recovered(stage)) }
        failures = Failures()
    }

    /// Takes note that the server is well, although the operation has not succeeded yet.
    func sawSuccess(_ stage: Stage, _ failures: inout Failures) async {
        await health.succeeded(stage, at: clock.now)
        failures.first = nil
        failures.forgetDelays()
    }

    /// Takes note that the operation failed, and waits until it is to be tried again.
    ///
    /// - Throws: `.outage` when the server was away for too long, `.cancelled` when the task is cancelled meanwhile.
    func wait(_ stage: Stage, _ error: PipelineError, _ failures: inout Failures) async throws(PipelineError) {
        let now = clock.now
        let first = failures.first ?? now
        failures.first = first
        failures.count += 1
        let known = await health.failed(stage, at: now)
        // While others succeed there is no outage; but what goes on failing beside them has to end too.
        let away = now - max(first, known.lastSuccess ?? first)
        guard let left = policy.patience(after: away, retryAfter: error.retryAfter), now - first < policy.longestAlone
        else {
            throw policy.outage(of: stage, after: now - first, error)
        }
        let backoff = policy.delay(
            afterFailures: failures.count,
            retryAfter: error.retryAfter,
            amidSuccesses: known.wasWell
        )
        // The last try is made when the time is over, not given up for a delay that would outlast it.
        let delay = min(max(backoff, known.wait), left)
        failures.isTold = true
        observer.observe(.waiting(stage, error, attempt: failures.count, delay: delay))
        try await clock.sleep(delay)
    }
}
