public import Pipeline

/// What a journal remembers of one run: of all attempts at it together.
public struct RunRecord: Sendable, Equatable {
    /// Of the latest attempt.
    public var header: RunHeader
    /// When its first attempt began.
    public var startedAt: Timestamp
    /// When its latest attempt ended; nil when that is under way, or was killed.
    public var endedAt: Timestamp?
    /// How its latest attempt ended; nil when that is under way, or was killed.
    public var status: RunStatus?
    /// Its last durable low-water mark.
    public var checkpoint: Checkpoint?
    /// What had been done when its latest attempt ended; else up to the low-water mark.
    public var tally: Tally
    /// How many rows were rejected.
    public var rejectedRows: Int
    /// The keys of the rejected rows of a run that has not been completed; nil stands for rows that have none.
    public var rejectedKeys: Set<RejectedKey?> = []
}

/// The runs in a journal, by when they were last begun: the latest is the last one.
public struct JournalHistory: Sendable, Equatable {
    public private(set) var runs: [RunRecord] = []

    public init() {}

    /// The run that the next one of this mode is to take up, if it has not been completed: the latest full one, whatever
    /// incremental ones have come since; an incremental one only if nothing has come since.
    ///
    /// Runs with a limit are never taken up, and do not stand in the way of the one before them.
    public func interrupted(_ mode: SyncMode) -> InterruptedRun? {
        let whole = runs.filter { $0.header.limit == nil }
        let candidate = mode == .full ? whole.last { $0.header.mode == .full } : whole.last
        guard let run = candidate, run.header.mode == mode, run.status?.isFinal != true else { return nil }
        return InterruptedRun(header: run.header, checkpoint: run.checkpoint, rejectedKeys: run.rejectedKeys)
    }

    /// The latest run into `collection` that has put its embedder on record, where the target had no room for it.
    public func recordingRun(into collection: String) -> RunRecord? {
        runs.last { $0.header.embedderRecord != nil && $0.header.collection == collection }
    }

    /// Takes in the next event. One before the first `began` belongs to no run and is passed over.
    mutating func add(_ logged: LoggedEvent) {
        if case .began(let header) = logged.event {
            begin(header, logged)
            return
        }
        guard !runs.isEmpty else { return }
        let latest = runs.count - 1
        switch logged.event {
        case .began:
            break
        case .checkpoint(let checkpoint):
            runs[latest].checkpoint = checkpoint
            runs[latest].tally = checkpoint.tally
        case .rejected(let rejection):
            runs[latest].rejectedRows += rejection.rowCount
            runs[latest].rejectedKeys.insert(rejection.key.map { RejectedKey($0) })
        case .ended(let status, let tally):
            runs[latest].status = status
            runs[latest].endedAt = logged.time
            runs[latest].tally = tally
            // Nobody asks for them any more, and there may be many.
            if status.isFinal { runs[latest].rejectedKeys = [] }
        }
    }

    private mutating func begin(_ header: RunHeader, _ logged: LoggedEvent) {
        var run = RunRecord(header: header, startedAt: logged.time, tally: Tally(), rejectedRows: 0)
        if let known = runs.lastIndex(where: { $0.header.generation == header.generation }) {
            run = runs.remove(at: known)
            run.header = header
            run.status = nil
            run.endedAt = nil
            run.tally = run.checkpoint?.tally ?? Tally()
        }
        run.rejectedRows += logged.rejectionsOmitted
        runs.append(run)
    }
}
