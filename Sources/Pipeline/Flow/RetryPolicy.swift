/// When to try again, and when to give up: exponential backoff with full jitter, within the longest outage to wait out.
public struct RetryPolicy: Sendable {
    /// The longest delay before the second try; it doubles with each further one.
    public var base: Duration
    /// No delay is longer, unless the server asks for it.
    public var cap: Duration
    /// How long a single operation may go on failing.
    public var maxOutage: Duration
    /// Uniform in 0 ..< 1.
    public var random: @Sendable () -> Double

    public init(
        base: Duration = .milliseconds(250),
        cap: Duration = .seconds(20),
        maxOutage: Duration = .seconds(600),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.base = base
        self.cap = cap
        self.maxOutage = maxOutage
        self.random = random
    }

    /// How long to wait after the given number of failures in a row, at least as long as the server asked for.
    public func delay(afterFailures failures: Int, retryAfter: Duration?) -> Duration {
        let doublings = min(max(failures - 1, 0), 16)
        let ceiling = min(cap, base * (1 << doublings))
        return max(ceiling * random(), retryAfter ?? .zero)
    }

    /// How much longer an operation may go on failing that has failed for `elapsed`; nil when it has to be given up,
    /// because the time is over or because the server asks for more than is left.
    func patience(after elapsed: Duration, retryAfter: Duration?) -> Duration? {
        let left = maxOutage - elapsed
        return left > .zero && (retryAfter ?? .zero) <= left ? left : nil
    }

    /// The error to end with when `error` has lasted too long.
    func outage(of stage: Stage, after elapsed: Duration, _ error: PipelineError) -> PipelineError {
        PipelineError(
            .outage,
            "\(error.message) (for \(elapsed.components.seconds) s, \(stage.rawValue))",
            remedy: error.remedy ?? "bring the server back; the next run resumes where this one stopped"
        )
    }
}
