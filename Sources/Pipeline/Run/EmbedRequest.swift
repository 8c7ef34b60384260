/// Sends requests to whichever embedding server has room, and again while servers fail.
///
/// A request that goes on failing where other texts are embedded is found out: after each of its failures the server that
/// failed it is asked for harmless texts, until `Suspicion` has seen enough.
struct EmbedRequest: Sendable {
    let pool: EndpointPool
    let retrier: Retrier
    let meter: BusyMeter

    /// What the texts of a request have of the pool.
    enum Place: Sendable {
        case leased(EndpointPool.Lease)
        /// Nothing but their turn.
        case aged(Int)

        var age: Int {
            switch self {
            case .leased(let lease): lease.age
            case .aged(let age): age
            }
        }
    }

    /// The texts' vectors, in their order.
    ///
    /// - Parameter place: a lease for them, or the age that they have.
    /// - Throws: `.outage` when no server has answered for too long, and what no retry mends.
    func send(_ texts: [Bytes], _ place: Place, _ tally: inout Tally) async throws(PipelineError) -> [Vector] {
        var place = place
        var suspicion = Suspicion(of: texts.count)
        /// Servers that were seen to be well since they last failed this request.
        var well: Set<Int> = []
        var failingSince: Duration?
        while true {
            let lease = try await lease(place, for: texts)
            place = .aged(place.age)
            switch try await attempt(texts, lease, &tally) {
            case .success(let vectors):
                if failingSince != nil { retrier.observer.observe(.recovered(.embedder)) }
                return vectors
            case .failure(let failure):
                let now = retrier.clock.now
                let since = failingSince ?? now
                failingSince = since
                guard now - since < retrier.policy.longestAlone else {
                    throw retrier.policy.outage(of: .embedder, after: now - since, failure.error)
                }
                // A server that asks to be left alone has not broken down over a text.
                if failure.error.retryAfter != nil { continue }
                if suspicion.failed(at: failure.server, while: well.contains(failure.server) ? .strong : .none) {
                    throw suspicion.conviction(.unembeddable, failure.error, while: "the server embedded other texts")
                }
                guard suspicion.isRaised else { continue }
                well.remove(failure.server)
                if try await isWell(failure.server, place.age, &tally) { well.insert(failure.server) }
            }
        }
    }

    private func lease(_ place: Place, for texts: [Bytes]) async throws(PipelineError) -> EndpointPool.Lease {
        switch place {
        case .leased(let lease): lease
        case .aged(let age): try await pool.lease(texts.map(\.count), age: age)
        }
    }

    /// Whether the server embeds a harmless text, several times in a row.
    private func isWell(_ server: Int, _ age: Int, _ tally: inout Tally) async throws(PipelineError) -> Bool {
        for _ in 0..<Suspicion.probes(retrier.policy.random) {
            do throws(PipelineError) {
                let lease = try await pool.lease([EndpointPool.harmless.count], of: server, age: age)
                guard case .success = try await attempt([EndpointPool.harmless], lease, isProbe: true, &tally) else {
                    return false
                }
            } catch {
                guard error.rowFault != nil else { throw error }
                return false
            }
        }
        return true
    }

    /// A fault of a server.
    private struct Failure: Error {
        let server: Int
        let error: PipelineError
    }

    /// Sends one request once. Whether it is sent again is decided by who asks; the next lease is of a server that is well,
    /// or of one that has rested.
    ///
    /// - Parameter isProbe: whether it is about this server alone.
    private func attempt(
        _ texts: [Bytes],
        _ first: EndpointPool.Lease,
        isProbe: Bool = false,
        _ tally: inout Tally
    ) async throws(PipelineError) -> Result<[Vector], Failure> {
        await meter.begin(.embedder)
        let race = EmbedRace(pool: pool, texts: texts)
        let outcome = isProbe || !pool.hasSeveral ? await race.run(alone: first) : await race.run(first: first)
        await meter.end(.embedder)
        tally.embedRequests += outcome.requests
        let lease = outcome.lease
        switch outcome.result {
        case .success(let vectors):
            if lease.server != first.server {
                retrier.observer.observe(.overtaken(server: first.embedder.name, by: lease.embedder.name))
            }
            if !isProbe {
                let bytes = texts.reduce(0) { $0 + $1.count }
                let took = retrier.clock.now - lease.request.ticket.sentAt
                retrier.observer.observe(
                    .embedded(server: lease.embedder.name, texts: texts.count, bytes: bytes, took: took)
                )
            }
            if let setting = await pool.giveBack(lease) {
                retrier.observer.observe(.tuned(server: lease.embedder.name, setting))
            }
            return .success(vectors)
        case .failure(let error):
            guard error.isRetryable else {
                await pool.giveBack(lease, error.kind == .tooMuch ? .tooManyTexts : .textFault)
                throw error
            }
            let failed = await pool.failed(lease, error)
            // What this server asks for binds only while no other one can take the request.
            let asked = failed.delay > .zero ? error.retryAfter : nil
            guard retrier.policy.patience(after: failed.outage, retryAfter: asked) != nil else {
                throw retrier.policy.outage(of: .embedder, after: failed.outage, error)
            }
            tally.retries += 1
            retrier.observer.observe(
                .waiting(.embedder, error, attempt: failed.failures, delay: failed.delay)
            )
            return .failure(Failure(server: lease.server, error: error))
        }
    }
}
