internal import JournalFile
internal import Logging
internal import Pipeline
internal import Postgres

/// The locks that keep two runs of a sync apart: one against other machines, and the journal's against this one's.
struct SyncLocks {
    let configuration: Configuration
    let clock: RunClock
    /// Waits for a database that is not up yet.
    let patience: Retrier
    /// How long a database may be away once the locks are held.
    let maxOutage: Duration
    let logger: Logger

    /// Takes both locks of this name, keeps them, and gives them back when `body` is done with the journal.
    ///
    /// - Throws: `.busy` when another run has one of them, or has taken the database's when its connection broke: then
    ///   `body` was cancelled.
    func hold<Result: Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (FileJournal) async throws(PipelineError) -> Result
    ) async throws(PipelineError) -> Result {
        let lock = PostgresLock(settings: configuration.database, name: name, clock: clock)
        _ = try await patience.run(.source) { () async throws(PipelineError) in try await lock.acquire() }
        let result: Swift.Result<Result, PipelineError>
        do throws(PipelineError) {
            let journal = try await FileJournal.open(
                JournalLocation(directory: configuration.journalDirectory, name: name)
            )
            for notice in journal.notices { logger.notice("\(notice)") }
            do throws(PipelineError) {
                result = .success(
                    try await keeper(of: lock).whileHeld { () async throws(PipelineError) in try await body(journal) }
                )
            } catch {
                result = .failure(error)
            }
            await journal.close()
        } catch {
            result = .failure(error)
        }
        await lock.release()
        return try result.get()
    }

    private func keeper(of lock: PostgresLock) -> LockKeeper {
        // A lock that is free is to be taken before another run does.
        let policy = RetryPolicy(cap: .seconds(2), maxOutage: maxOutage)
        return LockKeeper(
            lock,
            retrier: Retrier(policy: policy, clock: clock, observer: LogObserver(logger: logger))
        ) { [logger] in
            logger.notice("the connection that held the lock in the database broke: the lock is held again")
        }
    }
}
