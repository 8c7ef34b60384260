/// What an `EndpointPool` knows of one of its servers. A value without a clock.
struct EndpointState: Sendable {
    let embedder: any Embedder
    private(set) var latency = LatencyEstimate()
    /// Failures in a row.
    private(set) var failures = 0
    private(set) var restBegan: Duration?
    var restsUntil: Duration?
    private var limiter: Limiter
    /// Whether the first of the failures imposed no rest.
    private var firstWasForgiven = false
    /// Whether a request is under way that tries how the server is.
    private var isTried = false

    init(_ endpoint: Endpoint) {
        embedder = endpoint.embedder
        limiter = Limiter(limit: endpoint.limit)
    }

    /// 0 when idle, 1 when full.
    var load: Double { limiter.load }
    var inFlight: Int { limiter.inFlight }

    /// Failures in a row that count.
    private var counted: Int { firstWasForgiven ? failures - 1 : failures }

    /// Whether it may get another request. A server that has rested and not answered since gets one at a time.
    func hasRoom(at now: Duration) -> Bool {
        limiter.hasRoom && !isResting(at: now) && (counted == 0 || !isTried)
    }

    /// Takes a request.
    ///
    /// - Returns: whether it tries how the server is.
    mutating func enter() -> Bool {
        limiter.enter()
        guard counted > 0 else { return false }
        isTried = true
        return true
    }

    /// Lets go of a request that was never sent.
    mutating func leave(isTrial: Bool) {
        limiter.leave()
        if isTrial { isTried = false }
    }

    mutating func answered(weight: Int, sentAt: Duration, isTrial: Bool, at now: Duration) {
        leave(isTrial: isTrial)
        latency.answered(weight: weight, took: now - sentAt, at: now)
        // A request that was under way already says nothing about the server since it began to rest.
        guard sentAt >= restBegan ?? .zero else { return }
        failures = 0
        firstWasForgiven = false
        restsUntil = nil
    }

    /// Takes note of a fault of the server.
    ///
    /// - Parameters:
    ///   - isForgivable: whether it need not rest where it is well otherwise.
    ///   - rest: how long to rest after so many failures that count.
    /// - Returns: how long it rests from now on; nil when it does not, or rests already.
    mutating func failed(
        isTrial: Bool,
        isForgivable: Bool,
        at now: Duration,
        rest: (_ failures: Int) -> Duration
    ) -> Duration? {
        leave(isTrial: isTrial)
        // One outage fails many requests at once.
        guard !isResting(at: now) else { return nil }
        if failures == 0, isForgivable, latency.isFresh(at: now) { firstWasForgiven = true }
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
