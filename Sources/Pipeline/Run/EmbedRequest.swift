/// Sends requests to whichever embedding server has room, and again while servers fail.
///
/// A request that goes on failing where other texts are embedded is found out: after each of its failures the server that
/// failed it is asked for harmless texts, until `Suspicion` has seen enough.
struct EmbedRequest: Sendable {
    let pool: EndpointPool
    let retrier: Retrier
    let meter: BusyMeter

    /// What no server has a reason to fail on.
    static let harmless: Bytes = Array("a harmless text".utf8)[...]

    /// The texts' vectors, in their order.
    ///
    /// - Throws: `.outage` when no server has answered for too long, and what no retry mends.
    func send(_ texts: [Bytes], _ tally: inout Tally) async throws(PipelineError) -> [Vector] {
        var suspicion = Suspicion(of: texts.count)
        /// Servers that were seen to be well since they last failed this request.
        var well: Set<Int> = []
        var failingSince: Duration?
        while true {
            switch try await attempt(texts, &tally) {
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
                if try await isWell(failure.server, &tally) { well.insert(failure.server) }
            }
        }
    }

    /// Whether the server embeds a harmless text, several times in a row.
    private func isWell(_ server: Int, _ tally: inout Tally) async throws(PipelineError) -> Bool {
        for _ in 0..<Suspicion.probes(retrier.policy.random) {
            do throws(PipelineError) {
                guard case .success = try await attempt([Self.harmless], of: server, &tally) else { return false }
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
    /// - Parameter server: the only one that will do; nil when any will.
    private func attempt(
        _ texts: [Bytes],
        of server: Int? = nil,
        _ tally: inout Tally
    ) async throws(PipelineError) -> Result<[Vector], Failure> {
        let lease = try await pool.lease(weight: LatencyEstimate.weight(of: texts), of: server)
        tally.embedRequests += 1
        await meter.begin(.embedder)
        do throws(PipelineError) {
            let vectors = try await lease.embedder.embed(texts, within: lease.deadline)
            guard vectors.count == texts.count else {
                throw PipelineError(
                    .setup,
                    "\(lease.embedder.name): \(vectors.count) vectors for \(texts.count) texts"
                )
            }
            await meter.end(.embedder)
            await pool.giveBack(lease)
            return .success(vectors)
        } catch {
            await meter.end(.embedder)
            guard error.isRetryable else {
                await pool.giveBack(lease)
                throw error
            }
            let failed = await pool.failed(lease, retryAfter: error.retryAfter)
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
