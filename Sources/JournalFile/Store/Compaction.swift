internal import Pipeline

/// Picks from a journal's events those that still matter, so that what it tells of its runs stays the same.
struct Compaction {
    /// What matters of a run. Each event is kept with its place among all.
    private struct Run {
        typealias Placed = (place: Int, event: LoggedEvent)

        var runID: String
        var firstBegan: Placed
        var latestBegan: Placed
        var checkpoint: Placed?
        var ended: Placed?
        var rejections: [Placed] = []
        var rejectionsOmitted: Int
        /// Whether `carried` has what the run rejected.
        var isCarried = false

        /// What the run does to the rows that are still to be carried over.
        func apply(to outstanding: inout RejectedRows) {
            var rejected = RejectedRows()
            for case .rejected(let rejection) in rejections.map(\.event.event) { rejected.insert(rejection) }
            if case .began(let header) = latestBegan.event.event, case .ended(let status, _) = ended?.event.event,
                status.isFinal
            {
                outstanding.settle(header, rejecting: rejected)
            } else {
                outstanding.formUnion(rejected)
            }
        }

        /// The lines to keep, in the order in which they were written.
        func lines(after outstanding: RejectedRows?) throws(PipelineError) -> [ArraySlice<UInt8>] {
            var others = rejections
            if latestBegan.place != firstBegan.place { others.append(latestBegan) }
            if let checkpoint { others.append(checkpoint) }
            if let ended { others.append(ended) }
            others.sort { $0.place < $1.place }
            let began = EventLine(
                firstBegan.event.event,
                at: firstBegan.event.time,
                rejectionsOmitted: rejectionsOmitted,
                outstanding: outstanding
            )
            return [try began.encoded()[...]] + others.map { $0.event.line }
        }
    }

    /// How many runs are kept; an interrupted one is kept beyond them.
    let runCount: Int
    /// How many of the latest runs keep the list of their rejections; others keep their number.
    let listedRunCount: Int

    /// By when they were last begun.
    private var runs: [Run] = []
    private var history = JournalHistory()
    private var place = 0
    /// The rows that were still to be carried over after those runs whose lists are not needed for it any more.
    private var carried = RejectedRows()

    init(runCount: Int, listedRunCount: Int) {
        self.runCount = runCount
        self.listedRunCount = listedRunCount
    }

    /// Takes in the next event.
    mutating func add(_ logged: LoggedEvent) {
        history.add(logged)
        place += 1
        if case .began(let header) = logged.event {
            begin(header.runID, (place, logged))
            return
        }
        guard !runs.isEmpty else { return }
        let latest = runs.count - 1
        switch logged.event {
        case .began: break
        case .checkpoint: runs[latest].checkpoint = (place, logged)
        case .rejected: runs[latest].rejections.append((place, logged))
        case .ended: runs[latest].ended = (place, logged)
        }
    }

    /// The lines of the compacted journal.
    func lines() throws(PipelineError) -> [ArraySlice<UInt8>] {
        let interrupted = interrupted
        let first = runs.firstIndex { !$0.isCarried }
        var lines: [ArraySlice<UInt8>] = []
        for (index, run) in runs.enumerated()
        where index >= runs.count - runCount || interrupted.contains(run.runID) {
            lines += try run.lines(after: index == first && index > 0 ? carried : nil)
        }
        return lines
    }

    /// The generations of the runs that may be taken up again.
    private var interrupted: Set<String> {
        Set(SyncMode.allCases.compactMap { history.interrupted($0)?.header.runID })
    }

    private mutating func begin(_ runID: String, _ began: Run.Placed) {
        let omitted = began.event.rejectionsOmitted
        if let outstanding = began.event.outstanding {
            carried = outstanding
            for index in runs.indices { runs[index].isCarried = true }
        }
        if let known = runs.lastIndex(where: { $0.runID == runID }) {
            var run = runs.remove(at: known)
            run.latestBegan = began
            run.ended = nil
            run.isCarried = false
            run.rejectionsOmitted += omitted
            runs.append(run)
        } else {
            runs.append(
                Run(runID: runID, firstBegan: began, latestBegan: began, rejectionsOmitted: omitted)
            )
        }
        // Done at once, so that no more than those few lists are ever in memory. A run that is taken up again needs its own.
        let kept = interrupted
        for index in runs.indices.dropLast(listedRunCount) where !runs[index].isCarried {
            runs[index].apply(to: &carried)
            runs[index].isCarried = true
        }
        for index in runs.indices.dropLast(listedRunCount)
        where !runs[index].rejections.isEmpty && !kept.contains(runs[index].runID) {
            for case .rejected(let rejection) in runs[index].rejections.map(\.event.event) {
                runs[index].rejectionsOmitted += rejection.rowCount
            }
            runs[index].rejections = []
        }
    }
}
