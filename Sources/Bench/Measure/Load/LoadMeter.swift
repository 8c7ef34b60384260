public import Pipeline

/// What one request has done.
public struct Work: Sendable, Equatable {
    /// Texts, rows or points.
    public var units: Int
    /// Nil where the server does not count them.
    public var tokens: Int?

    public init(units: Int, tokens: Int? = nil) {
        self.units = units
        self.tokens = tokens
    }
}

/// Watches requests that are kept in flight, leaves out how they began, and decides when enough was seen. A value
/// without time of its own: whoever sends the requests tells when.
struct LoadMeter: Sendable {
    let inFlight: Int
    let limits: LoadLimits
    private let began: Duration
    /// Set once the warm-up is over.
    private var rate: RateMeter?
    private var latency = LatencyMeter()
    private var measuredSince: Duration = .zero
    private var warmUpCount = 0
    private var requests = 0
    private var units = 0
    /// Nil once an answer told none.
    private var tokens: Int? = 0
    private var errors = 0
    private var firstError: PipelineError?
    /// Of all answers, the warm-up's too.
    private var slowest: Duration = .zero
    private var isHopeless = false
    private var lastCompletion: Duration
    private var nextLook: Duration

    /// Full batches from which on the interval is believed.
    private static let fewestBatches = 8
    /// Full batches without which a time limit is exceeded.
    static let leastBatches = 3

    init(inFlight: Int, limits: LoadLimits, at now: Duration) {
        self.inFlight = inFlight
        self.limits = limits
        began = now
        lastCompletion = now
        nextLook = now + limits.minimum
    }

    mutating func succeeded(_ work: Work, sentAt: Duration, at now: Duration) {
        lastCompletion = now
        slowest = max(slowest, now - sentAt)
        guard rate != nil else { return warmUp(at: now) }
        rate?.completed(units: work.units, at: now)
        latency.record(now - sentAt)
        requests += 1
        units += work.units
        tokens = tokens.flatMap { sum in work.tokens.map { sum + $0 } }
    }

    mutating func failed(_ error: PipelineError, at now: Duration) {
        errors += 1
        firstError = firstError ?? error
        // Nothing but a person can mend these.
        if case .setup = error.kind { isHopeless = true }
    }

    /// Pipes fill, caches warm, and requests that began together spread out: the first two rounds are not counted, nor
    /// the first eighth of the least time; of a slow server, what a quarter of the whole time has seen.
    private mutating func warmUp(at now: Duration) {
        warmUpCount += 1
        let passed = now - began
        guard passed >= limits.minimum / 8 && warmUpCount >= 2 * inFlight || passed >= limits.maximum / 4 else {
            return
        }
        rate = RateMeter(from: now, inFlight: inFlight)
        measuredSince = now
    }

    /// Why measuring should end; nil when it should go on.
    mutating func end(at now: Duration) -> ServerReport.Cell.End? {
        if isHopeless || errors >= 5 && errors > answered { return .errors }
        guard now >= nextLook else { return nil }
        nextLook = now + limits.minimum / 16
        let batches = rate?.batchCount ?? 0
        if batches >= Self.fewestBatches, let precision = rate?.estimate.precision, precision <= limits.precision {
            return .confident
        }
        let passed = now - began
        if passed >= limits.maximum && batches >= Self.leastBatches || passed >= longest {
            return answered == 0 && errors > 0 ? .errors : .timeLimit
        }
        return nil
    }

    /// When it ends, whatever was seen.
    private var longest: Duration { limits.maximum * 3 }

    private var answered: Int { requests + warmUpCount }

    /// How long a request may take that is sent now: what is left of the time, and long enough beyond it that what is only
    /// slow is answered.
    func patience(at now: Duration) -> Duration {
        let isEnough = (rate?.batchCount ?? 0) >= Self.leastBatches
        let left = began + (isEnough ? limits.maximum : longest) - now
        return max(left, .zero) + max(limits.maximum / 4, .seconds(1), slowest * 2)
    }

    /// What was seen so far.
    var result: LoadResult {
        let seconds = max((lastCompletion - measuredSince) / .seconds(1), 0)
        return LoadResult(
            rate: rate?.estimate ?? .none,
            tokensPerSecond: tokens.flatMap { $0 > 0 && seconds > 0 ? Double($0) / seconds : nil },
            latency: latency.report,
            requests: requests,
            units: units,
            answered: answered,
            errors: errors,
            firstError: firstError,
            seconds: rate == nil ? 0 : seconds
        )
    }
}

/// What was seen of requests that were kept in flight.
public struct LoadResult: Sendable {
    /// Units a second.
    public var rate: Estimate
    public var tokensPerSecond: Double?
    public var latency: ServerReport.Latency
    /// That were answered and measured.
    public var requests: Int
    /// Of those requests.
    public var units: Int
    /// All requests that were answered, the warm-up's too.
    public var answered: Int
    public var errors: Int
    public var firstError: PipelineError?
    /// Without the warm-up.
    public var seconds: Double
    public var ended = ServerReport.Cell.End.interrupted
}
