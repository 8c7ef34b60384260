internal import Embedding
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

    func run() async throws(PipelineError) -> RunSummary {
        try checkName()
        let foreign = ForeignPointsStep(setup: setup, retrier: work.retrier)
        try await foreign.check(rebuild.foreign)
        return try await work.locks.hold(configuration.rebuildName) { journal throws(PipelineError) in
            let beginning = try await RebuildBeginning(work: work).find(journal.history)
            let name = beginning.name
            let sink = configuration.query.sink(setup.client.aimed(at: name), setup.identity)
            let filled: RunSummary?
            if beginning.progress == .filled {
                filled = nil
            } else {
                let history = beginning.progress == .begun ? journal.history : JournalHistory()
                let summary = try await fill(name, sink, journal, history)
                guard summary.status.isFinal else { return summary }
                filled = summary
            }
            try await work.unlessStopped { () async throws(PipelineError) in
                _ = try await work.retrying { () async throws(PipelineError) in
                    try await generations.finishIndexing(name)
                }
            }
            return try await work.locks.hold(configuration.syncName) { mainJournal throws(PipelineError) in
                let compared = try await compare(name, sink, journal)
                guard compared.status.isFinal else { return compared }
                if rebuild.foreign == .copy {
                    try await work.unlessStopped { () async throws(PipelineError) in
                        try await foreign.copy(to: setup.client.aimed(at: name))
                    }
                }
                try await switchOver(to: name)
                let whole = filled.map { $0.followed(by: compared) } ?? compared
                try await record(whole, of: name, in: mainJournal)
                return whole
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

    /// Carries all rows over, taking the vectors of unchanged texts from the generation before.
    private func fill(
        _ name: CollectionName,
        _ sink: QdrantSink,
        _ journal: FileJournal,
        _ history: JournalHistory
    ) async throws(PipelineError) -> RunSummary {
        let target = configuration.query.collection(setup.client.aimed(at: name), setup.identity, setup.version)
        let evidence = try await work.retrying { () async throws(PipelineError) in
            try await target.inspect(configuration.query.keyKind)?.evidence ?? .missing
        }
        var sync = work.sync
        sync.mode = .full
        let start = try RunStart(setup, sync, into: name, evidence: evidence, history, work.logger)
        _ = try await work.retrying { () async throws(PipelineError) in
            try await target.prepare(generation: start.header.generation)
        }
        return await work.run(
            start,
            feeds: setup.feeds.feeds(.full, comparesValues: false, donor: donor),
            into: sink,
            journal,
            options
        )
    }

    /// Every row is written, whatever the configuration file says of ordinary syncs.
    private var options: RunOptions {
        var options = work.options
        options.comparesValues = false
        options.prune = nil
        return options
    }

    /// Compares all rows with the new generation, which no sync has written to meanwhile.
    private func compare(
        _ name: CollectionName,
        _ sink: QdrantSink,
        _ journal: FileJournal
    ) async throws(PipelineError) -> RunSummary {
        var sync = work.sync
        sync.mode = .incremental
        sync.beginsAnew = true
        let start = try RunStart(setup, sync, into: name, evidence: .missing, JournalHistory(), work.logger)
        var options = options
        // Rows that were deleted while it was built have no place in it, however many they are.
        options.prune = PruneOptions(limit: .max)
        return await work.run(
            start,
            feeds: setup.feeds.feeds(.incremental, comparesValues: false, donor: donor),
            into: sink,
            journal,
            options
        )
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
        let comparison = contents.history.runs.last?.header.generation
        return contents.entries.compactMap { entry in
            guard entry.generation == comparison, case .rejected(let rejection) = entry.event else { return nil }
            return rejection
        }
    }

    /// The generation before, where its vectors are those of this embedder, as they were stored.
    private var donor: (any PointReader)? {
        guard let findings = setup.findings, findings.keepsFloat32, let old = findings.identity,
            old.fingerprint == setup.identity.fingerprint,
            Canaries.agreement(old.canaries, setup.identity.canaries) >= Canaries.threshold
        else { return nil }
        return setup.sink
    }
}

extension RunSummary {
    /// The summary of this run and the comparison behind it as of one.
    fileprivate func followed(by comparison: RunSummary) -> RunSummary {
        var both = self
        var changes = comparison.tally
        changes.rowsRead = 0
        changes.unchanged = 0
        changes.rejected = 0
        both.tally += changes
        both.duration += comparison.duration
        both.caughtUp = true
        return both
    }
}
