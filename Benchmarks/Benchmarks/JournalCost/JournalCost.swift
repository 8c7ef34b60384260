import Foundation
import JournalFile
import Pipeline
import Workloads

/// What the journal costs a run, and how long it takes to read a large one. Prints a name and a number a line.
///
///     JournalCost ROWS FOLDER FAST_FOLDER
///
/// Journals whose writing is measured lie in FOLDER; those that are only to be read are made in FAST_FOLDER.
@main
struct JournalCost {
    private static let repetitions = 5

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let rows = Int(arguments[1]), rows > 0 else {
            FileHandle.standardError.write(Data("usage: JournalCost ROWS FOLDER FAST_FOLDER\n".utf8))
            exit(2)
        }
        try await measureRuns(rows: rows, folder: arguments[2])
        try await measureAppends(folder: arguments[2])
        try await measureRecovery(rows: 1_000_000, checkpoints: 10_000, rejections: 0, folder: arguments[3])
        try await measureRecovery(rows: 1_000_000, checkpoints: 10_000, rejections: 100_000, folder: arguments[3])
    }

    private static func tell(_ name: String, _ value: Double) {
        print("\(name) \(value)")
    }

    private static func header(_ rows: Int) -> RunHeader {
        RunHeader(
            runID: "0123456789abcdef0123456789abcdef",
            mode: .full,
            fingerprint: Fingerprint(source: "source", target: "target", embedder: "embedder"),
            collection: "code_patterns",
            model: "nomic-embed-text"
        )
    }

    /// The same run with a journal that only counts and with the real one, which is asked to keep a mark a second, and one a
    /// chunk.
    private static func measureRuns(rows: Int, folder: String) async throws {
        var counted: [Cost] = []
        var written: [Cost] = []
        var often: [Cost] = []
        for repetition in 0..<repetitions {
            counted.append(try await run(rows, CountingJournal()))
            for (interval, isOften) in [(Duration.seconds(1), false), (.zero, true)] {
                let location = JournalLocation(directory: folder, name: "run-\(repetition)-\(isOften)")
                let journal = try await FileJournal.open(location)
                let cost = try await run(rows, journal, committing: interval)
                if isOften { often.append(cost) } else { written.append(cost) }
                await journal.close()
            }
        }
        for (name, costs) in [("counted", counted), ("written", written), ("often", often)] {
            tell("\(name)_wall_us_per_row", costs.median.wall * 1e6 / Double(rows))
            tell("\(name)_processor_us_per_row", costs.median.processor * 1e6 / Double(rows))
        }
    }

    private static func run(
        _ rows: Int,
        _ journal: any Journal,
        committing interval: Duration = .seconds(1)
    ) async throws -> Cost {
        let run = SyncRun.inMemory(rows: rows, embedders: 1, journal: journal, committing: interval)
        var summary: RunSummary?
        let cost = await Cost.measure {
            summary = await run.run(header(rows)) { try? await Task.sleep(for: .seconds(86_400)) }
        }
        guard let summary, summary.status == .completed, summary.tally.upserted == rows else {
            throw WorkloadFault("\(String(describing: summary))")
        }
        return cost
    }

    /// A mark at a time, as a run of any rate keeps one a second.
    private static func measureAppends(folder: String) async throws {
        let journal = try await FileJournal.open(JournalLocation(directory: folder, name: "appends"))
        try await journal.append([.began(header(0))])
        let count = 200
        let cost = try await Cost.measure {
            for number in 1...count { try await journal.append([checkpoint(number * 100)]) }
        }
        await journal.close()
        tell("append_wall_us", cost.wall * 1e6 / Double(count))
        tell("append_processor_us", cost.processor * 1e6 / Double(count))
    }

    private static func measureRecovery(
        rows: Int,
        checkpoints: Int,
        rejections: Int,
        folder: String
    ) async throws {
        var opened: [Cost] = []
        for repetition in 0..<repetitions {
            let location = JournalLocation(directory: folder, name: "recovery-\(rejections)-\(repetition)")
            try await fill(location, rows: rows, checkpoints: checkpoints, rejections: rejections)
            opened.append(
                try await Cost.measure {
                    let journal = try await FileJournal.open(location)
                    let interrupted = journal.history.interrupted(.full)
                    guard interrupted?.checkpoint?.tally.rowsRead == rows, interrupted?.rejectedKeys.count == rejections
                    else { throw WorkloadFault("the journal tells something else than was written") }
                    await journal.close()
                }
            )
        }
        tell("recovery_ms_\(rejections)_rejections", opened.median.wall * 1e3)
    }

    /// Writes what a run journals that is killed at its end.
    private static func fill(
        _ location: JournalLocation,
        rows: Int,
        checkpoints: Int,
        rejections: Int
    ) async throws {
        let journal = try await FileJournal.open(location)
        try await journal.append([.began(header(rows))])
        for number in 1...checkpoints {
            let rejected = (0..<rejections / checkpoints).map { index in
                JournalEvent.rejected(Rejection(key: UUID().uuidString, reason: "its text is blank", rowCount: 1))
            }
            try await journal.append(rejected + [checkpoint(number * rows / checkpoints)])
        }
        await journal.close()
    }

    private static func checkpoint(_ rows: Int) -> JournalEvent {
        var tally = Tally()
        tally.rowsRead = rows
        tally.embedded = rows
        tally.upserted = rows
        return .checkpoint(Checkpoint(position: Position(UUID().uuidString), tally: tally))
    }
}
