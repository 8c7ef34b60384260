/// One request, to one server or, where that one is late, to a second one as well: the first answer is taken.
struct EmbedRace: Sendable {
    let pool: EndpointPool
    let texts: [Bytes]

    /// The answer that was taken. Its lease is still to be given back.
    struct Outcome: Sendable {
        let lease: EndpointPool.Lease
        let result: Result<[Vector], PipelineError>
        /// How many requests were sent.
        var requests = 1

        /// Of the server; nil for an answer, be it that of a fault of the texts.
        var fault: PipelineError? {
            if case .failure(let error) = result, error.isRetryable { error } else { nil }
        }
    }

    private enum Event: Sendable {
        case answer(Outcome)
        /// Nil when there will be none.
        case second(EndpointPool.Lease?)
    }

    /// Asks no other server than the lease's.
    func run(alone lease: EndpointPool.Lease) async -> Outcome {
        do throws(PipelineError) {
            let vectors = try await lease.embedder.embed(texts, within: lease.deadline)
            guard vectors.count == texts.count else {
                throw PipelineError(
                    .server(retryAfter: nil),
                    "\(lease.embedder.name): \(vectors.count) vectors for \(texts.count) texts"
                )
            }
            return Outcome(lease: lease, result: .success(vectors))
        } catch {
            return Outcome(lease: lease, result: .failure(error))
        }
    }

    /// Asks the lease's server, and another one where the pool finds that worth it.
    func run(first lease: EndpointPool.Lease) async -> Outcome {
        await withTaskGroup(of: Event.self) { group in
            group.addTask { .answer(await run(alone: lease)) }
            group.addTask { .second(await pool.second(for: lease)) }
            var running = 1
            var requests = 1
            var taken: Outcome?
            for await event in group {
                switch event {
                case .second(let second?) where taken == nil:
                    running += 1
                    requests += 1
                    group.addTask { .answer(await run(alone: second)) }
                case .second(let second?): await pool.overtaken(second)
                case .second(nil): break
                case .answer(let outcome):
                    running -= 1
                    if taken != nil {
                        await pool.overtaken(outcome.lease)
                    } else if running > 0, let error = outcome.fault {
                        // The other one may still answer.
                        await pool.failed(outcome.lease, error)
                    } else {
                        taken = outcome
                        group.cancelAll()
                    }
                }
            }
            var outcome = taken ?? Outcome(lease: lease, result: .failure(.cancelled))
            outcome.requests = requests
            return outcome
        }
    }
}
