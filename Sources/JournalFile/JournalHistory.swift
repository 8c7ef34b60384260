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
}

/// The runs in a journal, by when they were last begun: the latest is the last one.
public struct JournalHistory: Sendable, Equatable {
    public private(set) var runs: [RunRecord] = []

    /// The run that the next full sync is to take up: the latest one without a limit, if it has not been completed.
    ///
    /// Runs with a limit are never taken up, and do not stand in the way of the one before them.
    public var interrupted: InterruptedRun? {
        guard let run = runs.last(where: { $0.header.mode == .full && $0.header.limit == nil }),
            run.status?.isFinal != true
        else { return nil }
        return InterruptedRun(header: run.header, checkpoint: run.checkpoint)
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
        case .ended(let status, let tally):
            runs[latest].status = status
            runs[latest].endedAt = logged.time
            runs[latest].tally = tally
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
