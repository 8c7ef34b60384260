@testable import Pipeline

extension Workload {
    /// What a request costs where the room at the embedding servers is handed out: asked for, given, given back.
    static let pool = Workload("pool", "a request's room taken and given back", count: 5_000) { count in
        let pool = EndpointPool(
            (0..<4).map { _ in Endpoint(InstantEmbedder(), limit: 2) },
            policy: RetryPolicy(),
            clock: RunClock(ContinuousClock())
        )
        for _ in 0..<count { await pool.giveBack(try await pool.lease()) }
    }

    /// What a request costs the limiter, which measures and searches: of a server that does one text after another, 50 ms each,
    /// in a time of its own.
    static let limiter = Workload("limiter", "a request that the limiter learns from", count: 20_000) { count in
        var limiter = Limiter()
        var now = Duration.zero
        var tickets: [Limiter.Ticket] = []
        for _ in 0..<count {
            while limiter.hasRoom {
                let texts = limiter.setting.texts
                tickets.append(limiter.enter(texts: texts, weight: 600 * texts, at: now))
            }
            let ticket = tickets.removeFirst()
            now += .milliseconds(50) * ticket.texts
            limiter.leave(ticket, .answered, at: now)
        }
        guard limiter.textsPerSecond.map({ abs($0 - 20) < 1 }) ?? false else {
            throw WorkloadFault("the limiter learned \(String(describing: limiter.textsPerSecond)) texts/s")
        }
    }
}
