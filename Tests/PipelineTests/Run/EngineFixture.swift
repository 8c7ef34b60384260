import Pipeline
import TestSupport

/// A run with doubles on all sides. Nothing waits: whoever sleeps moves the time on, unless a test brings its own clock.
struct EngineFixture: Sendable {
    /// What is carried over: whole rows, or digests.
    var source: ScriptedRowSource
    /// Digests of the same table, for the comparison at the end.
    var digests: ScriptedRowSource
    var lookup: ScriptedLookup
    /// Where vectors are taken over from.
    var donor: InMemorySink?
    var embedders = [FakeEmbedder()]
    var requestLimit = 4
    var sink = InMemorySink()
    var journal = InMemoryJournal()
    var observer = RecordingObserver()
    var clock = ManualClock(movesItself: true)
    var options = EngineFixture.smallChunks
    var policy = RetryPolicy(base: .seconds(1), cap: .seconds(8), maxOutage: .seconds(60)) { 1 }
    /// Tells the run to stop when it is opened.
    var stop = Gate()

    init(source: ScriptedRowSource, journal: InMemoryJournal = InMemoryJournal()) {
        self.source = source
        self.journal = journal
        digests = ScriptedRowSource(source.table, yieldsDigests: true)
        lookup = ScriptedLookup(source.table)
    }

    /// An incremental run over the table.
    init(comparing table: ScriptedTable, sink: InMemorySink = InMemorySink()) {
        self.init(source: ScriptedRowSource(table, yieldsDigests: true))
        self.sink = sink
    }

    /// Ten rows a chunk, ten digests, four texts a request, three chunks in flight, each mark made durable at once.
    static var smallChunks: RunOptions {
        var options = RunOptions()
        options.chunkRows = 10
        options.chunkDigests = 10
        options.requestTexts = 4
        options.window = 3
        options.commitInterval = .zero
        return options
    }

    static let header = RunHeader(
        runID: "g1",
        mode: .full,
        fingerprint: Fingerprint(source: "s", target: "t", embedder: "e"),
        collection: "code_patterns",
        model: "nomic-embed-text"
    )

    var retrier: Retrier { Retrier(policy: policy, clock: RunClock(clock), observer: observer) }

    func run(
        resuming interrupted: InterruptedRun? = nil,
        confirmedBy confirmation: () async throws(PipelineError) -> Void = { () throws(PipelineError) in }
    ) async -> RunSummary {
        let run = SyncRun(
            feeds: RunFeeds(main: source, digests: digests, lookup: lookup, donor: donor),
            endpoints: embedders.map { Endpoint($0, limit: .fixed(requestLimit)) },
            sink: sink,
            journal: journal,
            options: options,
            retrier: retrier
        )
        return await run.run(Self.header, resuming: interrupted, confirmedBy: confirmation) { [stop] in
            try? await stop.pass()
        }
    }

    /// The same set-up over the same sink, for another attempt.
    func again(_ source: ScriptedRowSource) -> EngineFixture {
        var next = EngineFixture(source: source)
        next.sink = sink
        next.options = options
        next.policy = policy
        return next
    }

    /// The numbers of the rows that the sink holds with the vector of their own text and their own payload.
    var storedRows: Set<Int> {
        Set(
            sink.content.values.compactMap { stored -> Int? in
                guard case .integer(let number) = stored.point.row.key else { return nil }
                let row = stored.point.row
                guard stored.point.vector.json == FakeEmbedder.vector(of: row.text).json,
                    row.payload.string == #"{"number":\#(number)}"#
                else { return nil }
                return Int(number)
            }
        )
    }

    /// How many times each point was stored.
    var timesStored: Set<Int> { Set(sink.content.values.map(\.times)) }

    /// The phases of the run, in their order.
    var phases: [Phase] {
        observer.events.compactMap { if case .entered(let phase) = $0 { phase } else { nil } }
    }

    /// The run as its journal remembers it, after this attempt at what `before` had left.
    func interrupted(_ before: InterruptedRun? = nil) -> InterruptedRun {
        InterruptedRun(
            header: Self.header,
            checkpoint: journal.checkpoints.last ?? before?.checkpoint,
            rejectedKeys: Set(journal.rejections.map { $0.key.map { RejectedKey($0) } }).union(
                before?.rejectedKeys ?? []
            )
        )
    }

    /// How the journal says that the attempt ended.
    var journaledEnd: RunStatus? {
        if case .ended(let status, _) = journal.events.last { status } else { nil }
    }
}

extension InterruptedRun {
    /// With this mark, and rows below it that were rejected.
    init(at checkpoint: Checkpoint, rejectedKeys: Set<RejectedKey?> = []) {
        self.init(header: EngineFixture.header, checkpoint: checkpoint, rejectedKeys: rejectedKeys)
    }

    /// With the mark before the row with this number, after rows that all were stored.
    static func before(_ row: Int) -> InterruptedRun {
        InterruptedRun(at: .before(row))
    }
}

extension Checkpoint {
    /// The mark before the row with this number, after rows that all were stored.
    static func before(_ row: Int) -> Checkpoint {
        var tally = Tally()
        tally.rowsRead = row
        tally.embedded = row
        tally.upserted = row
        return Checkpoint(position: ScriptedRowSource.position(before: row), tally: tally)
    }

    /// The number of the first row above the mark.
    var nextRow: Int? { Int(position.token.dropFirst("before ".count)) }
}
