/// What an `EndpointPool` knows of one of its servers. A value without a clock.
struct EndpointState: Sendable {
    let embedder: any Embedder
    private(set) var latency = LatencyEstimate()
    /// Failures in a row.
    private(set) var failures = 0
    private(set) var restBegan: Duration?
    var restsUntil: Duration?
    /// Whether its requests may be smaller than they need be.
    let isTextsFree: Bool
    private var limiter: Limiter
    private(set) var work = EndpointWork()
    /// Whether the first of the failures imposed no rest.
    private var firstWasForgiven = false
    /// Whether a request is under way that probes how the server is.
    private var isProbed = false

    /// - Parameters:
    ///   - texts: the most texts of a request.
    ///   - mostTexts: more do not come at once.
    init(_ endpoint: Endpoint, texts: Tuning = .automatic, mostTexts: Int = .max) {
        embedder = endpoint.embedder
        isTextsFree = texts == .automatic
        limiter = Limiter(concurrency: endpoint.limit, texts: texts, mostTexts: mostTexts)
    }

    /// 0 when idle, 1 when full.
    var load: Double { limiter.load }
    var inFlight: Int { limiter.inFlight }
    var textsInFlight: Int { limiter.textsInFlight }
    /// How fast it is, as far as it is known.
    var textsPerSecond: Double? { limiter.textsPerSecond }
    /// What its requests are like now.
    var setting: LimiterSetting { limiter.setting }
    /// What they are best like, as far as it is known.
    var chosen: LimiterSetting { limiter.chosen }

    /// Failures in a row that count.
    private var counted: Int { firstWasForgiven ? failures - 1 : failures }

    /// Whether it answers, as far as is known.
    func isAvailable(at now: Duration) -> Bool { !isResting(at: now) && counted == 0 }

    /// Whether it may get another request. A server that has rested and not answered since gets one at a time.
    func hasRoom(at now: Duration) -> Bool {
        limiter.hasRoom && !isResting(at: now) && (counted == 0 || !isProbed)
    }

    /// Takes a request.
    ///
    /// - Returns: its ticket, and whether it probes how the server is.
    mutating func enter(
        texts: Int,
        weight: Int,
        isSmall: Bool,
        at now: Duration
    ) -> (ticket: Limiter.Ticket, isProbe: Bool) {
        work.began(at: now)
        let ticket = limiter.enter(texts: texts, weight: weight, isSmall: isSmall, at: now)
        guard counted > 0 else { return (ticket, false) }
        isProbed = true
        return (ticket, true)
    }

    /// Lets go of a request that was never sent.
    mutating func withdrawn(_ request: Dispatcher.Assignment, at now: Duration) {
        leave(request, .withdrawn, at: now)
    }

    private mutating func leave(_ request: Dispatcher.Assignment, _ outcome: Limiter.Outcome, at now: Duration) {
        limiter.leave(request.ticket, outcome, at: now)
        work.ended(outcome, texts: request.texts.count, isLast: limiter.inFlight == 0, at: now)
        if request.isProbe { isProbed = false }
    }

    /// Takes note of an answer, be it that of a fault of the texts.
    mutating func answered(_ request: Dispatcher.Assignment, _ outcome: Limiter.Outcome, at now: Duration) {
        let sentAt = request.ticket.sentAt
        leave(request, outcome, at: now)
        if outcome != .tooManyTexts { latency.answered(weight: request.weight, took: now - sentAt, at: now) }
        // A request that was under way already says nothing about the server since it began to rest.
        guard sentAt >= restBegan ?? .zero else { return }
        failures = 0
        firstWasForgiven = false
        restsUntil = nil
    }

    /// Takes note that another server was done with the request first.
    ///
    /// - Parameter isStuck: whether it is so late that this counts as a failure.
    /// - Returns: how long it rests from now on.
    mutating func overtaken(
        _ request: Dispatcher.Assignment,
        isStuck: Bool,
        at now: Duration,
        rest: (_ failures: Int) -> Duration
    ) -> Duration? {
        guard isStuck else {
            latency.overtaken(weight: request.weight, after: now - request.ticket.sentAt)
            leave(request, .withdrawn, at: now)
            return nil
        }
        return failed(request, isOverloaded: false, isForgivable: false, at: now, rest: rest)
    }

    /// Takes note of a fault of the server.
    ///
    /// - Parameters:
    ///   - isOverloaded: whether it asked for less.
    ///   - isForgivable: whether it need not rest where it is well otherwise.
    ///   - rest: how long to rest after so many failures that count.
    /// - Returns: how long it rests from now on; nil when it does not, or rests already.
    mutating func failed(
        _ request: Dispatcher.Assignment,
        isOverloaded: Bool,
        isForgivable: Bool,
        at now: Duration,
        rest: (_ failures: Int) -> Duration
    ) -> Duration? {
        leave(request, isOverloaded ? .overloaded : .failed, at: now)
        // One outage fails many requests at once.
        guard !isResting(at: now) else { return nil }
        // What has lasted so long is no hiccup.
        let isHiccup = now - request.ticket.sentAt < LatencyEstimate.shortest
        if failures == 0, isForgivable, isHiccup, latency.isFresh(at: now) { firstWasForgiven = true }
        failures += 1
        latency.failed()
        guard counted > 0 else { return nil }
        let length = rest(counted)
        restBegan = now
        restsUntil = now + length
        return length
    }

    private func isResting(at now: Duration) -> Bool {
        restsUntil.map { now < $0 } ?? false
    }
}
