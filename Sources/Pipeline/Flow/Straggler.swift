/// A request that a server without anything to do would be done with clearly sooner than the server that has it: it is sent to
/// that one as well, and whichever answers first is taken. Embedding a text twice costs nothing but the time of a server that
/// is idle; waiting for a server that is slow, stuck or loading its model costs everybody's.
struct Straggler: Sendable {
    let request: Dispatcher.Assignment
    /// The idle server.
    let server: Int

    /// What is gained has to be more than this, beside twice the time that the idle server needs: its answer is an estimate,
    /// too.
    private static let least = Duration.milliseconds(500)

    /// What is to be done about the requests under way while nothing else waits.
    enum Search: Sendable {
        case found(Straggler)
        /// None is late now; one may be from then on.
        case later(Duration)
        case none
    }

    /// - Parameter requests: those that may be sent to a second server.
    static func search(
        _ requests: some Sequence<Dispatcher.Assignment>,
        _ servers: [EndpointState],
        at now: Duration
    ) -> Search {
        // One that failed and has rested may try itself that way.
        let idle = servers.indices.filter { servers[$0].inFlight == 0 && servers[$0].hasRoom(at: now) }
        guard !idle.isEmpty else { return .none }
        var worst: (straggler: Straggler, left: Duration)?
        var next: Duration?
        for request in requests {
            let own = servers[request.server].latency.usual(weight: request.weight)
            let other = idle.lazy.filter { $0 != request.server }
                .compactMap { index in servers[index].latency.usual(weight: request.weight).map { (index, $0) } }
                .min { $0.1 < $1.1 }
            guard let (server, time) = other else { continue }
            let usual = own ?? time
            let limit = time * 2 + least
            let elapsed = now - request.ticket.sentAt
            // One that is late may be late for as long again.
            let left = elapsed > usual ? elapsed - usual : usual - elapsed
            if left < limit {
                let due = request.ticket.sentAt + usual + limit
                next = min(next ?? due, due)
            } else if left > worst?.left ?? .zero {
                worst = (Straggler(request: request, server: server), left)
            }
        }
        if let worst { return .found(worst.straggler) }
        return next.map { .later($0) } ?? .none
    }

    /// Whether the server of a request may be stuck, since it is late by as much as another one may be asked for.
    static func isStuck(_ request: Dispatcher.Assignment, _ servers: [EndpointState], at now: Duration) -> Bool {
        let known = servers.compactMap { $0.latency.usual(weight: request.weight) }
        guard let usual = servers[request.server].latency.usual(weight: request.weight) ?? known.min() else {
            return false
        }
        return now - request.ticket.sentAt > usual * 2 + least
    }
}
