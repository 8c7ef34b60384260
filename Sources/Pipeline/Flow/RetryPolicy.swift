/// When to try again, and when to give up: exponential backoff with full jitter, within the longest outage to wait out.
public struct RetryPolicy: Sendable {
    /// The longest delay before the second try; it doubles with each further one.
    public var base: Duration
    /// No delay is longer, unless the server asks for it.
    public var cap: Duration
    /// How long a server may be away: counted from an operation's first failure, or from the last success of another
    /// operation with the same servers where that came later.
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

    /// The longest delay after a single failure of a server that succeeds otherwise.
    private static let brief: Duration = .milliseconds(5)

    /// How long to wait after the given number of failures in a row, at least as long as the server asked for.
    ///
    /// - Parameter amidSuccesses: whether the server had succeeded since its last failure. The first failure then says
    ///   little about it, and costs little.
    public func delay(
        afterFailures failures: Int,
        retryAfter: Duration?,
        amidSuccesses: Bool = false
    ) -> Duration {
        let doublings = min(max(failures - 1, 0), 16)
        let ceiling = amidSuccesses && failures == 1 ? min(Self.brief, base) : min(cap, base * (1 << doublings))
        return max(ceiling * random(), retryAfter ?? .zero)
    }

    /// How long one operation may go on failing while others with the same servers succeed.
    var longestAlone: Duration { maxOutage * 4 }

    /// How much longer a server may be away that has been for `elapsed`; nil when it is given up, because the time is
    /// over or because it asks for more than is left.
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
