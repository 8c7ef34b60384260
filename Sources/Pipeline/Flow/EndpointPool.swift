internal import DequeModule

/// An embedding server, and how many requests it may have in flight.
public struct Endpoint: Sendable {
    public var embedder: any Embedder
    public var limit: Int

    public init(_ embedder: any Embedder, limit: Int) {
        self.embedder = embedder
        self.limit = limit
    }
}

/// Hands out the right to send one request to one of the embedding servers.
///
/// All servers draw from one stream of requests, each at its own pace: whoever has room takes the request that has
/// waited longest. A server that failed is rested while the others go on, and then tried with one request at a time until
/// it answers; `keepTime` has to run beside, so that rests end. A single failure of a server that answers otherwise
/// imposes no rest.
actor EndpointPool {
    /// The right to one request. It must be given back by `giveBack` or `failed`.
    struct Lease: Sendable {
        /// Names the server within the pool.
        let server: Int
        let embedder: any Embedder
        /// How long the request may take.
        let deadline: Duration
        fileprivate let weight: Int
        fileprivate let takenAt: Duration
        fileprivate let isTrial: Bool
    }

    private struct Rest: Sendable {
        let server: Int
        let began: Duration
        let length: Duration
    }

    private struct Waiter {
        let weight: Int
        /// The only server that will do; nil when any will.
        let server: Int?
        let lease: AsyncStream<Lease>.Continuation
    }

    private var servers: [EndpointState]
    private var waiting: Deque<Waiter> = []
    private var lastServed = 0
    /// When the first failure was since any server answered.
    private var failingSince: Duration?
    /// Rests that have just begun, for `keepTime`.
    private let rests = AsyncStream.makeStream(of: Rest.self)
    private let policy: RetryPolicy
    private let clock: RunClock
    /// The most requests in flight at once, over all servers.
    private(set) var peak = 0
    /// Requests in flight now, over all servers.
    var inFlight: Int { servers.reduce(0) { $0 + $1.inFlight } }

    init(_ endpoints: [Endpoint], policy: RetryPolicy, clock: RunClock) {
        precondition(!endpoints.isEmpty, "there is no embedding server")
        servers = endpoints.map(EndpointState.init)
        self.policy = policy
        self.clock = clock
    }

    /// Waits until a server has room. Throws `.cancelled` when the task is cancelled first.
    ///
    /// - Parameters:
    ///   - weight: of the request, as `LatencyEstimate` has it.
    ///   - server: the only server that will do; nil when any will.
    func lease(weight: Int = 0, of server: Int? = nil) async throws(PipelineError) -> Lease {
        if waiting.isEmpty, let lease = take(weight, server) { return lease }
        // A stream of one element is a continuation that knows about cancellation.
        let (stream, continuation) = AsyncStream.makeStream(of: Lease.self, bufferingPolicy: .bufferingOldest(1))
        waiting.append(Waiter(weight: weight, server: server, lease: continuation))
        handOut()
        for await lease in stream { return lease }
        throw .cancelled
    }

    /// Gives the lease back after an answer, be it that of a text's fault: the server itself is well.
    func giveBack(_ lease: Lease) {
        failingSince = nil
        servers[lease.server].answered(
            weight: lease.weight,
            sentAt: lease.takenAt,
            isTrial: lease.isTrial,
            at: clock.now
        )
        handOut()
    }

    /// Gives the lease back after a fault of the server, which is rested from now on unless it is well otherwise.
    ///
    /// - Returns: how long to wait before the next try, zero while another server can take it; which failure of the server
    ///   in a row this was; and for how long no server has answered.
    func failed(_ lease: Lease, retryAfter: Duration?) -> (delay: Duration, failures: Int, outage: Duration) {
        let now = clock.now
        let since = failingSince ?? now
        failingSince = since
        // The last try is made when the time is over, unless the server asks for more.
        let left = max(policy.maxOutage - (now - since), .zero)
        let rest = servers[lease.server].failed(
            isTrial: lease.isTrial,
            isForgivable: retryAfter == nil,
            at: now
        ) { failures in
            max(min(policy.delay(afterFailures: failures, retryAfter: nil), left), retryAfter ?? .zero)
        }
        if let rest { rests.continuation.yield(Rest(server: lease.server, began: now, length: rest)) }
        handOut()
        let earliest = servers.map { $0.restsUntil ?? now }.min() ?? now
        return (max(earliest - now, .zero), servers[lease.server].failures, now - since)
    }

    /// Gives each server whose rest is over what waits; goes on until the task is cancelled.
    func keepTime() async {
        await withDiscardingTaskGroup { group in
            for await rest in rests.stream {
                group.addTask { [clock] in
                    // Throws when the run is over: then nothing waits.
                    try? await clock.sleep(rest.length)
                    await self.end(rest)
                }
            }
        }
    }

    /// Ends the rest, unless the server has begun another one since.
    private func end(_ rest: Rest) {
        if servers[rest.server].restBegan == rest.began { servers[rest.server].restsUntil = nil }
        handOut()
    }

    /// Gives room to those that wait for it, the longest first.
    func handOut() {
        var place = 0
        while place < waiting.count {
            let next = waiting[place]
            guard let lease = take(next.weight, next.server) else {
                // Where not even any server will do, none has room for those behind.
                if next.server == nil { return }
                place += 1
                continue
            }
            waiting.remove(at: place)
            if case .enqueued = next.lease.yield(lease) {
                next.lease.finish()
            } else {
                // The waiter was cancelled meanwhile.
                servers[lease.server].leave(isTrial: lease.isTrial)
            }
        }
    }

    private func take(_ weight: Int, _ wanted: Int?) -> Lease? {
        let now = clock.now
        // The least loaded one; of equals the one after the last served, so that they take turns.
        let order = wanted.map { [$0] } ?? servers.indices.map { (lastServed + 1 + $0) % servers.count }
        let free = order.filter { servers[$0].hasRoom(at: now) }
        guard let index = free.min(by: { servers[$0].load < servers[$1].load }) else { return nil }
        let isTrial = servers[index].enter()
        lastServed = index
        peak = max(peak, inFlight)
        return Lease(
            server: index,
            embedder: servers[index].embedder,
            deadline: deadline(of: servers[index], weight, now),
            weight: weight,
            takenAt: now,
            isTrial: isTrial
        )
    }

    /// A server that failed is not waited for longer than an outage may take, even while it may have to load its model.
    private func deadline(of server: EndpointState, _ weight: Int, _ now: Duration) -> Duration {
        let loading = server.failures == 0 ? LatencyEstimate.untried : min(LatencyEstimate.untried, policy.maxOutage)
        return server.latency.deadline(weight: weight, at: now, loading: loading)
    }
}
