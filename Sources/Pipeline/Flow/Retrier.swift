/// Repeats an operation while a server cannot answer, and tells the observer that the run waits.
public struct Retrier: Sendable {
    public var policy: RetryPolicy
    public var clock: RunClock
    public var observer: any Observer

    public init(policy: RetryPolicy, clock: RunClock, observer: any Observer) {
        self.policy = policy
        self.clock = clock
        self.observer = observer
    }

    /// Runs `operation` until it succeeds, fails for good, or has failed for longer than the policy's `maxOutage`.
    ///
    /// - Returns: its result, and how many times it was tried again.
    /// - Throws: what the operation throws, or `.outage`.
    public func run<Result>(
        _ stage: Stage,
        _ operation: () async throws(PipelineError) -> Result
    ) async throws(PipelineError) -> (result: Result, retries: Int) {
        var failures = 0
        var failingSince: Duration?
        while true {
            do throws(PipelineError) {
                let result = try await operation()
                if failures > 0 { observer.observe(.recovered(stage)) }
                return (result, failures)
            } catch {
                guard case .server(let retryAfter) = error.kind else { throw error }
                let now = clock.now
                let since = failingSince ?? now
                failingSince = since
                failures += 1
                guard let left = policy.patience(after: now - since, retryAfter: retryAfter) else {
                    throw policy.outage(of: stage, after: now - since, error)
                }
                // The last try is made when the time is over, not given up for a delay that would outlast it.
                let delay = min(policy.delay(afterFailures: failures, retryAfter: retryAfter), left)
                observer.observe(.waiting(stage, error, attempt: failures, delay: delay))
                try await clock.sleep(delay)
            }
        }
    }
}
