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
/// waited longest. A server that failed is rested while the others go on; `keepTime` has to run beside, so that rests end.
actor EndpointPool {
    /// The right to one request. It must be given back by `giveBack` or `failed`.
    struct Lease: Sendable {
        fileprivate let index: Int
        fileprivate let takenAt: Duration
        let embedder: any Embedder
    }

    private struct Rest: Sendable {
        let index: Int
        let began: Duration
        let length: Duration
    }

    private struct Server {
        let embedder: any Embedder
        var limiter: Limiter
        var failures = 0
        var restBegan: Duration?
        var restsUntil: Duration?
    }

    private var servers: [Server]
    private var waiting: Deque<AsyncStream<Lease>.Continuation> = []
    private var lastServed = 0
    /// Rests that have just begun, for `keepTime`.
    private let rests = AsyncStream.makeStream(of: Rest.self)
    private let policy: RetryPolicy
    private let clock: RunClock
    /// The most requests in flight at once, over all servers.
    private(set) var peak = 0

    init(_ endpoints: [Endpoint], policy: RetryPolicy, clock: RunClock) {
        precondition(!endpoints.isEmpty, "there is no embedding server")
        servers = endpoints.map { Server(embedder: $0.embedder, limiter: Limiter(limit: $0.limit)) }
        self.policy = policy
        self.clock = clock
    }

    /// Waits until a server has room. Throws `.cancelled` when the task is cancelled first.
    func lease() async throws(PipelineError) -> Lease {
        if waiting.isEmpty, let lease = take() { return lease }
        // A stream of one element is a continuation that knows about cancellation.
        let (stream, continuation) = AsyncStream.makeStream(of: Lease.self, bufferingPolicy: .bufferingOldest(1))
        waiting.append(continuation)
        for await lease in stream { return lease }
        throw .cancelled
    }

    /// Gives the lease back after an answer, be it that of a text's fault: the server itself is well.
    func giveBack(_ lease: Lease) {
        servers[lease.index].limiter.leave()
        // A request that was under way already says nothing about the server since it began to rest.
        if lease.takenAt >= servers[lease.index].restBegan ?? .zero {
            servers[lease.index].failures = 0
            servers[lease.index].restsUntil = nil
        }
        handOut()
    }

    /// Gives the lease back after a fault of the server, which is rested from now on.
    ///
    /// - Returns: how long to wait before the next try, zero while another server can take it, and which failure in a
    ///   row this was.
    func failed(_ lease: Lease, retryAfter: Duration?) -> (delay: Duration, failures: Int) {
        let now = clock.now
        servers[lease.index].limiter.leave()
        if !isResting(lease.index, at: now) {
            servers[lease.index].failures += 1
            let rest = policy.delay(afterFailures: servers[lease.index].failures, retryAfter: retryAfter)
            servers[lease.index].restBegan = now
            servers[lease.index].restsUntil = now + rest
            rests.continuation.yield(Rest(index: lease.index, began: now, length: rest))
        }
        handOut()
        let ends = servers.map { $0.restsUntil ?? now }
        let earliest = ends.min() ?? now
        return (max(earliest - now, .zero), servers[lease.index].failures)
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
        if servers[rest.index].restBegan == rest.began { servers[rest.index].restsUntil = nil }
        handOut()
    }

    /// Gives room to those that wait for it, the longest first.
    func handOut() {
        while let next = waiting.first, let lease = take() {
            waiting.removeFirst()
            if case .enqueued = next.yield(lease) {
                next.finish()
            } else {
                // The waiter was cancelled meanwhile.
                servers[lease.index].limiter.leave()
            }
        }
    }

    private func take() -> Lease? {
        let now = clock.now
        // The least loaded one; of equals the one after the last served, so that they take turns.
        let order = servers.indices.map { (lastServed + 1 + $0) % servers.count }
        let free = order.filter { servers[$0].limiter.hasRoom && !isResting($0, at: now) }
        guard let index = free.min(by: { servers[$0].limiter.load < servers[$1].limiter.load }) else { return nil }
        servers[index].limiter.enter()
        lastServed = index
        peak = max(peak, servers.reduce(0) { $0 + $1.limiter.inFlight })
        return Lease(index: index, takenAt: now, embedder: servers[index].embedder)
    }

    private func isResting(_ index: Int, at now: Duration) -> Bool {
        servers[index].restsUntil.map { now < $0 } ?? false
    }
}
