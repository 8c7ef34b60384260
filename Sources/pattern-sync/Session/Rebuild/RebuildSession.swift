internal import JournalFile
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

/// Builds a new generation of the collection beside the old one, and lets the configured name stand for it at the end.
///
/// 1. Under a lock of its own the new generation is filled by a full run; an interrupted one is gone on with.
/// 2. It is indexed.
/// 3. Under the sync's own lock too, all rows are compared with it once more, and the name is switched over.
struct RebuildSession {
    let work: SyncWork
    let rebuild: RebuildConfiguration

    private var setup: SyncSetup { work.setup }
    private var configuration: Configuration { setup.configuration }

    private var generations: QdrantGenerations { work.generations }

    /// - Returns: with the summary, how long the index was waited for; nil when it did not come to that.
    func run() async throws(PipelineError) -> (RunSummary, indexing: Duration?) {
        try checkName()
        let extras = ExtraPointsStep(setup: setup, retrier: work.retrier)
        try await extras.check(rebuild.extraPoints)
        return try await work.locks.hold(configuration.rebuildName) { journal throws(PipelineError) in
            let beginning = try await RebuildBeginning(work: work).find(journal.history)
            let name = beginning.name
            let runs = RebuildRuns(work, into: name, journal)
            let filled: RunSummary?
            if beginning.progress == .filled {
                filled = nil
            } else {
                let history = beginning.progress == .begun ? journal.history : JournalHistory()
                let summary = try await runs.fill(history)
                guard summary.status.isFinal else { return (summary, nil) }
                filled = summary
            }
            let indexing = try await finishIndexing(name)
            return try await work.locks.hold(configuration.syncName) { mainJournal throws(PipelineError) in
                let compared = try await runs.compare()
                guard compared.status.isFinal else { return (compared, indexing) }
                if rebuild.extraPoints == .copy {
                    try await work.unlessStopped { () async throws(PipelineError) in
                        try await extras.copy(to: setup.client.aimed(at: name))
                    }
                }
                try await switchOver(to: name)
                let whole = filled.map { $0.followed(by: compared) } ?? compared
                try await record(whole, of: name, in: mainJournal)
                return (whole, indexing)
            }
        }
    }

    /// An alias cannot have the name of a collection that is there.
    private func checkName() throws(PipelineError) {
        if setup.naming == .collection, !rebuild.replacesCollection { throw nameIsTaken }
    }

    private var nameIsTaken: PipelineError {
        let name = configuration.collection
        return PipelineError(
            .setup,
            "\(name) is a collection, and the name has to become an alias of \(name.generation(1)): Qdrant gives no alias "
                + "the name of a collection that is there",
            remedy:
                "add --replace-collection: once the new generation is complete, the collection \(name) is deleted and "
                + "the alias made, two calls right after each other; there is no way back to the old one, so make a "
                + "snapshot of it first if you may want it"
        )
    }

    /// Has the generation indexed.
    ///
    /// - Returns: how long that took.
    private func finishIndexing(_ name: CollectionName) async throws(PipelineError) -> Duration {
        let display = IndexingDisplay(clock: work.clock, logger: work.logger, isShown: work.log.showsProgress)
        defer { display.end() }
        try await work.unlessStopped { () async throws(PipelineError) in
            _ = try await work.retrying { () async throws(PipelineError) in
                try await generations.finishIndexing(name, display.show)
            }
        }
        return display.elapsed
    }

    private func switchOver(to name: CollectionName) async throws(PipelineError) {
        _ = try await work.retrying { () async throws(PipelineError) in
            switch try await setup.client.naming() {
            case .collection where !rebuild.replacesCollection: throw nameIsTaken
            case .collection: try await generations.replaceCollection(by: name)
            case .missing, .generation: try await generations.makeLive(name)
            }
        }
        work.logger.notice("\(configuration.collection) stands for \(name) now")
        if case .generation(let previous) = setup.naming {
            work.logger.notice(
                """
                \(previous) is kept: 'pattern-sync generations --rollback' switches back to it, \
                'pattern-sync generations --drop' deletes it
                """
            )
        }
    }

    /// From here on the sync's own journal has nothing to tell of the old generation: no run to resume, and no vectors.
    private func record(
        _ summary: RunSummary,
        of name: CollectionName,
        in journal: FileJournal
    ) async throws(PipelineError) {
        var sync = work.sync
        sync.mode = .full
        sync.beginsAnew = true
        let start = try RunStart(
            setup,
            sync,
            into: configuration.collection,
            standingFor: name,
            evidence: .missing,
            JournalHistory(),
            work.logger
        )
        let rejections = try await rejections().map(JournalEvent.rejected)
        try await journal.append([.began(start.header)] + rejections + [.ended(summary.status, summary.tally)])
    }

    /// The rows that the comparison rejected: those that the new generation lacks.
    private func rejections() async throws(PipelineError) -> [Rejection] {
        let location = JournalLocation(directory: configuration.journalDirectory, name: configuration.rebuildName)
        let contents = try await JournalReader.contents(of: location)
        let comparison = contents.history.runs.last?.header.runID
        return contents.entries.compactMap { entry in
            guard entry.runID == comparison, case .rejected(let rejection) = entry.event else { return nil }
            return rejection
        }
    }
}
