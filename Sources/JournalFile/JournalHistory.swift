public import Pipeline

/// The runs in a journal, by when they were last begun: the latest is the last one.
public struct JournalHistory: Sendable, Equatable {
    /// A run once, however many attempts it took.
    public private(set) var runs: [RunRecord] = []
    /// The rows that are still to be carried over: rejected by the last run of all rows that came to its end or by one
    /// since, and not carried over by a retry. Those of a run that is taken up after a
    /// retry count again, until the next retry has looked at them.
    public private(set) var outstanding = RejectedRows()

    public init() {}

    /// The run that the next one of this mode is to take up, if it has not been completed: the latest full one, whatever
    /// incremental ones have come since; an incremental one only if nothing has come since.
    ///
    /// Runs for a part of the rows are never taken up, and do not stand in the way of the one before them.
    public func interrupted(_ mode: SyncMode) -> InterruptedRun? {
        let latest = runs.last { !$0.header.isPartial && (mode == .incremental || $0.header.mode == .full) }
        guard let run = latest, run.header.mode == mode, run.status?.isFinal != true else { return nil }
        return InterruptedRun(header: run.header, checkpoint: run.checkpoint, rejectedKeys: run.rejected.identities)
    }

    /// The latest run into `collection` that has put its embedder on record, where the target had no room for it.
    public func recordingRun(into collection: String) -> RunRecord? {
        runs.last { $0.header.embedderRecord != nil && $0.header.collection == collection }
    }

    /// Takes in the next event. One before the first `began` belongs to no run and is passed over.
    mutating func add(_ logged: LoggedEvent) {
        if case .began(let header) = logged.event {
            if let outstanding = logged.outstanding { self.outstanding = outstanding }
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
            runs[latest].rejected.insert(rejection)
            outstanding.insert(rejection)
        case .ended(let status, let tally):
            runs[latest].status = status
            runs[latest].endedAt = logged.time
            runs[latest].tally = tally
            guard status.isFinal else { break }
            outstanding.settle(runs[latest].header, rejecting: runs[latest].rejected)
            // Nobody asks for them any more, and there may be many.
            runs[latest].rejected = RejectedRows()
        }
    }

    private mutating func begin(_ header: RunHeader, _ logged: LoggedEvent) {
        var run = RunRecord(header: header, startedAt: logged.time, tally: Tally(), rejectedRows: 0)
        if let known = runs.lastIndex(where: { $0.header.runID == header.runID }) {
            run = runs.remove(at: known)
            run.header = header
            run.status = nil
            run.endedAt = nil
            run.tally = run.checkpoint?.tally ?? Tally()
            outstanding.formUnion(run.rejected)
        }
        run.rejectedRows += logged.rejectionsOmitted
        runs.append(run)
        for index in runs.indices.dropLast() where runs[index].header.isPartial {
            runs[index].rejected = RejectedRows()
        }
    }
}
