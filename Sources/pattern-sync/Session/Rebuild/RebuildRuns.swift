internal import Embedding
internal import JournalFile
internal import Pipeline
internal import Qdrant

/// The two runs of a rebuild over all rows: one that fills the new generation, and one that compares all rows with it.
struct RebuildRuns {
    private let work: SyncWork
    private let name: CollectionName
    private let sink: QdrantSink
    private let journal: FileJournal

    private var setup: SyncSetup { work.setup }

    /// - Parameters:
    ///   - name: of the generation.
    ///   - journal: the rebuild's own.
    init(_ work: SyncWork, into name: CollectionName, _ journal: FileJournal) {
        self.work = work
        self.name = name
        self.journal = journal
        sink = work.setup.configuration.query.sink(work.setup.client.aimed(at: name), work.setup.identity)
    }

    /// Carries all rows over, taking the vectors of unchanged texts from the generation before.
    ///
    /// - Parameter history: of the attempts at it so far.
    func fill(_ history: JournalHistory) async throws(PipelineError) -> RunSummary {
        let query = setup.configuration.query
        let target = query.collection(
            setup.client.aimed(at: name),
            setup.identity,
            setup.version,
            VectorStorage()
        )
        let evidence = try await work.retrying { () async throws(PipelineError) in
            try await target.inspect(query.keyKind)?.evidence ?? .missing
        }
        var sync = work.sync
        sync.mode = .full
        let start = try RunStart(setup, sync, into: name, evidence: evidence, history, work.logger)
        _ = try await work.retrying { () async throws(PipelineError) in
            try await target.prepare(runID: start.header.runID)
        }
        return await work.run(
            start,
            feeds: setup.feeds.feeds(.full, comparesValues: false, donor: donor),
            into: sink,
            journal,
            options
        )
    }

    /// Compares all rows with the new generation, which no sync has written to meanwhile.
    func compare() async throws(PipelineError) -> RunSummary {
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

    /// Every row is written, whatever the configuration file says of ordinary syncs.
    private var options: RunOptions {
        var options = work.options
        options.comparesValues = false
        options.prune = nil
        return options
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
    func followed(by comparison: RunSummary) -> RunSummary {
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
