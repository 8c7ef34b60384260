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
    let logger: Logger

    /// Takes both locks of this name, and gives them back when `body` is done with the journal.
    ///
    /// - Throws: `.busy` when another run has one of them.
    func hold<Result>(
        _ name: String,
        _ body: (FileJournal) async throws(PipelineError) -> Result
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
                result = .success(try await body(journal))
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
}
