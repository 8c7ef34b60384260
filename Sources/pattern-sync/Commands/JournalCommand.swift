internal import ArgumentParser
internal import JournalFile
internal import Logging
internal import Pipeline

struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Prints what the journal of the sync records: runs, checkpoints, rejected rows."
    )

    @Flag(help: "Prints one JSON object a line.")
    var json = false

    @Flag(help: "Prints the journal of rebuilds instead.")
    var rebuild = false

    @OptionGroup var options: JournalOptions
    @OptionGroup var common: SettingsOptions

    func run() async throws {
        let settings = try common.settings()
        do {
            let configuration = try Configuration(settings, journal: options.journal)
            let name = rebuild ? configuration.rebuildName : configuration.syncName
            let contents = try await JournalReader.contents(
                of: JournalLocation(directory: configuration.journalDirectory, name: name)
            )
            for entry in contents.entries {
                StandardOutput.shared.write(
                    result: (json ? entry.json.printableJSON : Self.text(entry).printable) + "\n"
                )
            }
            if contents.entries.isEmpty, !json {
                StandardError.shared.tell(.info, "no run of \(name) is recorded in \(configuration.journalDirectory)")
            }
            if contents.tornByteCount > 0 {
                StandardError.shared.tell(
                    .warning,
                    "the last \(contents.tornByteCount) bytes are a record that is being written, or was torn; in that "
                        + "case the next run cuts it off"
                )
            }
        } catch let error as PipelineError {
            StandardError.shared.tell(.error, "\(error)")
            throw ExitStatus.failed
        }
    }

    private static func text(_ entry: JournalEntry) -> String {
        let what =
            switch entry.event {
            case .began(let header):
                "attempt \(header.attempt) of run \(header.runID.prefix(8)) begins (\(header.mode.rawValue)"
                    + "\(part(header)), \(header.model) into \(header.collection))"
            case .checkpoint(let checkpoint):
                "checkpoint after \(checkpoint.tally.rowsRead) rows at \(checkpoint.position)"
            case .rejected(let rejection):
                "rejected \(rejection.key ?? "\(rejection.rowCount) rows without key"): \(rejection.reason)"
            case .ended(let status, let tally):
                "ended as \(status.rawValue): \(tally.rowsRead) rows, \(tally.upserted) upserted, \(tally.rejected) rejected"
            }
        return "\(entry.time)  \(what)"
    }

    /// Which of the rows a run is for, where those are not all.
    private static func part(_ header: RunHeader) -> String {
        if header.retriesRejected { return ", only rows that were rejected before" }
        return header.limit.map { ", at most \($0) rows" } ?? ""
    }
}
