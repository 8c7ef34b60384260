internal import JournalFile
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

/// Whether the vectors of a sync's collection are indexed as they come, and who sees to it that they are in the end.
///
/// A run that puts indexing off restores it when its rows are there; so does any later one that finds it put off, unless
/// it is a part of a sync and a full run is still to be resumed.
struct DeferredIndexing {
    private let work: SyncWork
    /// Whether the rows are all there when this run is done.
    private let mayRestore: Bool
    private(set) var isDeferred: Bool
    /// Whether this run has restored it at its end, so that all that there is to index is being indexed.
    private(set) var isRestored = false

    /// - Parameter history: of the sync, which is under its lock.
    init(_ work: SyncWork, _ history: JournalHistory) {
        self.work = work
        isDeferred = work.setup.findings?.isIndexingDeferred == true
        mayRestore = !work.sync.options.isPartial || history.interrupted(.full) == nil
    }

    /// Puts indexing off where that is worth it, or restores it where it is not wanted. To be called when the collection is
    /// there, and before the first point.
    mutating func begin() async throws(PipelineError) {
        let (setup, sync) = (work.setup, work.sync)
        let isLoad = sync.mode == .full && !sync.options.isPartial
        guard !isDeferred else {
            guard sync.deferIndexing == .off else {
                return work.logger.info("the indexing of vectors was put off by an earlier run, and still is")
            }
            try await restore(work.patience)
            return work.logger.notice(
                "the indexing of vectors was put off by an earlier run: they are indexed from now on"
            )
        }
        let defers = sync.deferIndexing.defers(rows: setup.inspection.rows, points: setup.findings?.points ?? 0)
        guard isLoad, defers else { return }
        let present = try await work.patience.run(.sink) { () async throws(PipelineError) in
            try await setup.target.indexingThreshold()
        }.result
        // Who has switched indexing off has their reasons.
        guard present != 0 else { return }
        _ = try await work.patience.run(.sink) { () async throws(PipelineError) in
            try await setup.target.deferIndexing()
        }
        isDeferred = true
        work.logger.info("the vectors of \(setup.client.collection) are indexed once all of them are there")
    }

    /// Restores it when the rows are there. It is done before the run counts as ended: a run on record as complete leaves
    /// nothing to restore.
    mutating func finish() async throws(PipelineError) {
        guard isDeferred, mayRestore else { return }
        try await restore(work.retrier)
        isRestored = true
    }

    private mutating func restore(_ retrier: Retrier) async throws(PipelineError) {
        let target = work.setup.target
        _ = try await retrier.run(.sink) { () async throws(PipelineError) in try await target.restoreIndexing() }
        isDeferred = false
    }

    /// Tells what a run leaves behind that has not come to its end.
    func tellLeftover() {
        guard isDeferred else { return }
        work.logger.notice(
            """
            until the sync has come to its end \(work.setup.client.collection) has vectors without an index, and searches \
            look at each of them; a run with --defer-indexing off has them indexed at once
            """
        )
    }
}
