import Foundation

/// Runs everything asynchronous on the one thread that waits for it, in the order in which it is enqueued.
///
/// What is executed is then the same each time, and no thread pool is started, which callgrind does not survive.
final class SingleThread: TaskExecutor, @unchecked Sendable {
    // What is mutable is only touched while the condition's lock is held, hence @unchecked Sendable.
    private let condition = NSCondition()
    private var jobs: [UnownedJob] = []
    private var next = 0
    private var outcome: Result<Void, any Error>?

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.withLock {
            jobs.append(job)
            condition.signal()
        }
    }

    /// Returns when `body` has.
    func run(_ body: @escaping @Sendable () async throws -> Void) throws {
        // The one place where nobody could await a task: the thread itself runs it.
        Task(executorPreference: self) { [self] in
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body())
            } catch {
                outcome = .failure(error)
            }
            condition.withLock { self.outcome = outcome }
        }
        while let job = nextJob() { job.runSynchronously(on: asUnownedTaskExecutor()) }
        try condition.withLock { try outcome?.get() }
    }

    /// Waits for a job; nil when all is done.
    private func nextJob() -> UnownedJob? {
        condition.withLock {
            while next == jobs.count, outcome == nil { condition.wait() }
            guard outcome == nil else { return nil }
            let job = jobs[next]
            next += 1
            if next == jobs.count {
                jobs.removeAll(keepingCapacity: true)
                next = 0
            }
            return job
        }
    }
}
