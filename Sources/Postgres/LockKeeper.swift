public import Pipeline

/// Does work under a lock that outlives its connection.
///
/// While the work goes on, the lock's connection is looked at every few seconds, which also keeps firewalls from cutting it.
/// Where it broke, the lock is taken again; when another run has taken it meanwhile, the work is cancelled.
public struct LockKeeper: Sendable {
    private let lock: PostgresLock
    private let interval: Duration
    /// Waits for a database that is away.
    private let retrier: Retrier
    private let renewed: @Sendable () -> Void

    /// - Parameter renewed: is called when the lock has been taken again.
    public init(
        _ lock: PostgresLock,
        every interval: Duration = .seconds(5),
        retrier: Retrier,
        renewed: @escaping @Sendable () -> Void
    ) {
        self.lock = lock
        self.interval = interval
        self.retrier = retrier
        self.renewed = renewed
    }

    private enum Happening<Result: Sendable>: Sendable {
        case done(Swift.Result<Result, PipelineError>)
        /// Nil when the keeping was cancelled.
        case keepingEnded(PipelineError?)
    }

    /// Does the work while the lock is held. It has to be taken already, and is not given back.
    ///
    /// - Throws: what `body` throws; `.busy` when another run has the lock, `.outage` when the database is away for too
    ///   long: then the work was cancelled, and has ended.
    public func whileHeld<Result: Sendable>(
        _ body: @escaping @Sendable () async throws(PipelineError) -> Result
    ) async throws(PipelineError) -> Result {
        let outcome = await withTaskGroup(of: Happening<Result>.self) { group in
            group.addTask {
                do throws(PipelineError) {
                    return .done(.success(try await body()))
                } catch {
                    return .done(.failure(error))
                }
            }
            group.addTask { .keepingEnded(await keep()) }
            var loss: PipelineError?
            for await happening in group {
                switch happening {
                case .done(let result):
                    group.cancelAll()
                    return loss.map { .failure($0) } ?? result
                case .keepingEnded(let error):
                    loss = error
                    group.cancelAll()
                }
            }
            // The work always ends, cancelled or not.
            return .failure(loss ?? .cancelled)
        }
        return try outcome.get()
    }

    /// Keeps the lock until that fails for good.
    private func keep() async -> PipelineError? {
        do throws(PipelineError) {
            while true {
                try await retrier.clock.sleep(interval)
                let renewal = try await retrier.run(.source) { () async throws(PipelineError) in
                    try await lock.renew()
                }
                if renewal.result { renewed() }
            }
        } catch {
            switch error.kind {
            case .cancelled: return nil
            case .busy:
                return PipelineError(
                    .busy,
                    "\(error.message), since the connection broke that held it for this one",
                    remedy: "run this one again when that one has ended"
                )
            default: return error
            }
        }
    }
}
