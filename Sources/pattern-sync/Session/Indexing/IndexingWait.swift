internal import Logging
internal import Pipeline
internal import Qdrant

/// Waits for the index that a load has put off. The run is complete without it: whatever comes in between is told, and is
/// no failure.
struct IndexingWait {
    let work: SyncWork
    /// How long the load took.
    let load: Duration

    private enum Outcome: Sendable {
        case done
        /// Not within the limit.
        case unfinished
        case stopped
        case failed(PipelineError)
    }

    /// An index that takes longer than the embedding of its texts is not what the program is to be kept for. But a million
    /// vectors take a few cores some minutes, however soon they were there.
    private var limit: Duration { max(.seconds(1_800), load) }

    /// - Returns: how long it waited.
    func run() async -> Duration {
        let display = IndexingDisplay(clock: work.clock, logger: work.logger, isShown: work.log.showsProgress)
        work.logger.info("all rows are there, and Qdrant builds the index of their vectors; this is waited for")
        let outcome = await withTaskGroup(of: Outcome.self) { group in
            defer { group.cancelAll() }
            group.addTask { await wait(display) }
            group.addTask {
                await work.signals.wait()
                return .stopped
            }
            return await group.next() ?? .stopped
        }
        display.end()
        tell(outcome, after: display.elapsed)
        return display.elapsed
    }

    private func wait(_ display: IndexingDisplay) async -> Outcome {
        let (target, clock) = (work.setup.target, work.clock)
        let deadline = clock.now + limit
        do throws(PipelineError) {
            let isDone = try await work.retrying { () async throws(PipelineError) in
                try await target.waitUntilIndexed(atMost: deadline - clock.now, clock, display.show)
            }
            return isDone ? .done : .unfinished
        } catch {
            return error.kind == .cancelled ? .stopped : .failed(error)
        }
    }

    private func tell(_ outcome: Outcome, after elapsed: Duration) {
        let logger = work.logger
        let rest = "the sync is complete, and searches find all points, slowly where there is no index yet"
        switch outcome {
        case .done: logger.info("Qdrant has built its index, in \(elapsed.seconds) s")
        case .unfinished:
            logger.notice("Qdrant has not built its index within \(elapsed.rough), and goes on by itself: \(rest)")
        case .stopped: logger.notice("Qdrant goes on building its index by itself: \(rest)")
        case .failed(let error): logger.warning("\(error); \(rest)")
        }
    }
}
