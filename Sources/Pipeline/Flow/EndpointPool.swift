/// Hands out the right to send requests to the embedding servers.
///
/// All servers draw from one stream of texts, each at its own pace: whoever has room takes of those that have waited longest as
/// many as suit it (`Dispatcher`, `Limiter`). A server that failed is rested while the others go on, and then asked for a harmless
/// text, or for one that waits where no other server is well, one at a time until it answers; `keepTime` has to run beside, so
/// that rests end. A single failure of a server that answers otherwise imposes no rest. What a server is late with is given to
/// one that has nothing to do as well (`Straggler`).
actor EndpointPool {
    /// What `keepTime` has to wait for.
    enum Wake: Sendable {
        case rested(server: Int, since: Duration)
        /// A request may be late by then.
        case late
    }

    /// A request that may be sent to a second server as well.
    private struct Hope: Sendable {
        let request: Dispatcher.Assignment
        let second: AsyncStream<Lease>.Continuation
    }

    var dispatcher: Dispatcher
    private var offers: [Int: AsyncStream<Lease>.Continuation] = [:]
    /// By the number of the request.
    private var hopes: [Int: Hope] = [:]
    /// When `keepTime` looks for late requests next.
    var nextLook: Duration?
    /// When the first failure was since any server answered.
    private var failingSince: Duration?
    let wakes = AsyncStream.makeStream(of: (Wake, after: Duration).self)
    /// Whether there is a second server for a request that is late.
    nonisolated let hasSeveral: Bool
    private let policy: RetryPolicy
    let clock: RunClock
    /// The most requests in flight at once, over all servers.
    private(set) var peak = 0
    /// Requests in flight now, over all servers.
    var inFlight: Int { dispatcher.inFlight }
    var summaries: [EndpointSummary] { dispatcher.servers.map(EndpointSummary.init) }

    /// - Parameter options: bound texts and bytes of a request.
    init(_ endpoints: [Endpoint], policy: RetryPolicy, clock: RunClock, options: RunOptions = RunOptions()) {
        precondition(!endpoints.isEmpty, "there is no embedding server")
        dispatcher = Dispatcher(
            endpoints.map { EndpointState($0, texts: options.requestTexts, mostTexts: options.chunkRows) },
            requestBytes: options.requestBytes
        )
        self.policy = policy
        self.clock = clock
        hasSeveral = endpoints.count > 1
    }

    /// Takes in texts that are to be sent in one or more requests: the leases come as servers have room.
    ///
    /// - Parameter sizes: the bytes of each.
    func offer(_ sizes: [Int]) -> Offer {
        guard !sizes.isEmpty else { return Offer(number: 0, leases: AsyncStream { $0.finish() }) }
        return enter(sizes, isDivisible: true)
    }

    /// Ends an offer of which no more leases are wanted.
    func withdraw(_ offer: Offer) {
        dispatcher.withdraw(offer.number)
        offers.removeValue(forKey: offer.number)?.finish()
    }

    /// Waits until a server has room for one request. Throws `.cancelled` when the task is cancelled first.
    ///
    /// - Parameters:
    ///   - sizes: the bytes of each text.
    ///   - server: the only server that will do; nil when any will.
    ///   - age: of the lease that the texts had before.
    func lease(
        _ sizes: [Int] = [0],
        of server: Int? = nil,
        age: Int? = nil
    ) async throws(PipelineError) -> Lease {
        for await lease in enter(sizes, isDivisible: false, of: server, age: age).leases { return lease }
        throw .cancelled
    }

    /// Tells whether texts may come beside those that were offered. When none will, the last ones are shared out so that all
    /// servers are done at the same time.
    func expect(more: Bool) {
        dispatcher.expectsMore = more
    }

    /// Gives the lease back after an answer, be it that of a text's fault: the server itself is well.
    ///
    /// - Returns: the setting of the server, if it is another one from now on.
    @discardableResult
    func giveBack(_ lease: Lease, _ outcome: Limiter.Outcome = .answered) -> LimiterSetting? {
        failingSince = nil
        let before = dispatcher.servers[lease.server].chosen
        dispatcher.servers[lease.server].answered(lease.request, outcome, at: clock.now)
        let after = dispatcher.servers[lease.server].chosen
        handOut()
        return before == after ? nil : after
    }

    /// Gives the lease back after a fault of the server, which is rested from now on unless it is well otherwise.
    ///
    /// - Parameter isOverloaded: whether the server asked for less.
    /// - Returns: how long to wait before the next try, zero while another server can take it; which failure of the server
    ///   in a row this was; and for how long no server has answered.
    func failed(
        _ lease: Lease,
        retryAfter: Duration?,
        isOverloaded: Bool = false
    ) -> (delay: Duration, failures: Int, outage: Duration) {
        let now = clock.now
        let since = failingSince ?? now
        failingSince = since
        // The last try is made when the time is over, unless the server asks for more.
        let left = max(policy.maxOutage - (now - since), .zero)
        let rest = dispatcher.servers[lease.server].failed(
            lease.request,
            isOverloaded: isOverloaded,
            isForgivable: retryAfter == nil,
            at: now
        ) { [policy] failures in
            max(min(policy.delay(afterFailures: failures, retryAfter: nil), left), retryAfter ?? .zero)
        }
        begin(rest, of: lease.server, at: now)
        handOut()
        let earliest = dispatcher.servers.map { $0.restsUntil ?? now }.min() ?? now
        return (max(earliest - now, .zero), dispatcher.servers[lease.server].failures, now - since)
    }

    /// Gives the lease back when another server has answered first.
    func overtaken(_ lease: Lease) {
        let now = clock.now
        let isStuck = Straggler.isStuck(lease.request, dispatcher.servers, at: now)
        let rest = dispatcher.servers[lease.server].overtaken(lease.request, isStuck: isStuck, at: now) {
            [policy] failures in policy.delay(afterFailures: failures, retryAfter: nil)
        }
        begin(rest, of: lease.server, at: now)
        handOut()
    }

    /// Waits until a server that has nothing else to do is to be asked as well; nil when the task is cancelled first.
    ///
    /// Its lease is given back like any other, or by `overtaken`.
    func second(for lease: Lease) async -> Lease? {
        let (stream, continuation) = AsyncStream.makeStream(of: Lease.self)
        let number = lease.request.number
        hopes[number] = Hope(request: lease.request, second: continuation)
        handOut()
        for await second in stream { return second }
        hopes[number] = nil
        return nil
    }

    /// Asks servers that have nothing else to do for what others are late with.
    private func overtake(at now: Duration) {
        while dispatcher.isIdle, !hopes.isEmpty {
            let requests = hopes.values.lazy.map(\.request)
            switch Straggler.search(requests, dispatcher.servers, at: now) {
            case .none: return
            case .later(let time):
                guard nextLook.map({ time < $0 }) ?? true else { return }
                nextLook = time
                wakes.continuation.yield((.late, after: time - now))
                return
            case .found(let straggler):
                let hope = hopes.removeValue(forKey: straggler.request.number)
                let request = dispatcher.assignAgain(straggler.request, to: straggler.server, at: now)
                guard case .enqueued = hope?.second.yield(lease(for: request, at: now)) else {
                    dispatcher.servers[request.server].withdrawn(request, at: now)
                    continue
                }
                peak = max(peak, inFlight)
            }
        }
    }

    private func begin(_ rest: Duration?, of server: Int, at now: Duration) {
        guard let rest else { return }
        wakes.continuation.yield((.rested(server: server, since: now), after: rest))
    }

    private func lease(for request: Dispatcher.Assignment, at now: Duration) -> Lease {
        let server = dispatcher.servers[request.server]
        return Lease(embedder: server.embedder, deadline: deadline(of: server, request.weight, now), request: request)
    }

    private func enter(_ sizes: [Int], isDivisible: Bool, of server: Int? = nil, age: Int? = nil) -> Offer {
        // A stream knows about cancellation.
        let (stream, continuation) = AsyncStream.makeStream(of: Lease.self)
        let number = dispatcher.add(sizes, isDivisible: isDivisible, of: server, age: age)
        offers[number] = continuation
        handOut()
        return Offer(number: number, leases: stream)
    }

    /// Gives room to what waits for it, the oldest first.
    func handOut() {
        let now = clock.now
        while let request = dispatcher.next(at: now) {
            if case .enqueued = offers[request.offer]?.yield(lease(for: request, at: now)) {
                peak = max(peak, inFlight)
                if request.isLast { offers.removeValue(forKey: request.offer)?.finish() }
            } else {
                // Who offered it was cancelled meanwhile.
                dispatcher.servers[request.server].withdrawn(request, at: now)
                dispatcher.withdraw(request.offer)
                offers[request.offer] = nil
            }
        }
        overtake(at: now)
    }

    /// A server that failed is not waited for longer than an outage may take, even while it may have to load its model.
    private func deadline(of server: EndpointState, _ weight: Int, _ now: Duration) -> Duration {
        let loading = server.failures == 0 ? LatencyEstimate.untried : min(LatencyEstimate.untried, policy.maxOutage)
        return server.latency.deadline(weight: weight, at: now, loading: loading)
    }
}
