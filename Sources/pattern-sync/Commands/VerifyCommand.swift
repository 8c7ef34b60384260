internal import ArgumentParser
internal import Logging
internal import Pipeline

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compares table and collection row by row, value by value.",
        discussion: """
            Some rows are embedded again and searched for. Points of others and rows that cannot be carried over are told, \
            and are no difference. Exit codes: 0 they agree, 1 failed, 2 usage, 4 they differ, 75 a server went away or \
            another run is under way, 129, 130 and 143 interrupted.
            """
    )

    @Option(parsing: .unconditional, help: ArgumentHelp("Embeds so many rows again.", valueName: "n"))
    var sample = 20

    @Flag(help: "Carries over what differs, and verifies again.")
    var repair = false

    @Flag(help: "Lets --repair delete points of this sync whose row is gone.")
    var prune = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Deletes at most so many points; with --prune.", valueName: "n")
    )
    var pruneLimit: Int?

    @Flag(help: "Prints one JSON object.")
    var json = false

    @Option(
        help: ArgumentHelp("What goes before each text: none, or what the model prescribes.", valueName: "none|model")
    )
    var prefix: String?

    @Option(help: ArgumentHelp("A text too long for the model: truncate or reject.", valueName: "policy"))
    var overlong: String?

    @OptionGroup var journal: JournalOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var common: SettingsOptions

    func validate() throws {
        guard (0...1_000).contains(sample) else {
            throw ValidationError("--sample is \(sample), expected a whole number of at most 1000")
        }
        if prune, !repair { throw ValidationError("--prune is given without --repair, expected both or none") }
        if let pruneLimit {
            if !prune { throw ValidationError("--prune-limit is given without --prune, expected both or none") }
            if pruneLimit < 0 { throw ValidationError("--prune-limit is \(pruneLimit), expected at least 0") }
        }
    }

    func run() async throws {
        let settings = try common.settings()
        let log = try LogConfiguration(settings, server, noProgress: true)
        settings.warn(log.logger())
        let signals = StopSignals()
        let status: ExitStatus
        do {
            var sync = try SyncConfiguration(settings, syncOptions())
            // What a file says of syncs decides nothing about a verification, and deletes nothing in a repair.
            sync.options.limit = nil
            sync.options.retriesRejected = false
            sync.isDryRun = false
            sync.rebuild = nil
            if !prune { sync.options.prune = nil }
            let configuration = try Configuration(settings, wait: server.wait, journal: journal.journal)
            let session = SyncSession(configuration: configuration, sync: sync, log: log, signals: signals)
            let (size, repairs, json) = (sample, repair, json)
            status = await signals.watching { await Self.conclude(session, sample: size, repairs: repairs, json: json) }
        } catch let error as PipelineError {
            log.logger().error("\(error)")
            status = .failed
        }
        guard status != .done else { return }
        throw status
    }

    /// What the repair is: an incremental sync that compares values.
    private func syncOptions() throws -> SyncOptions {
        var options = try SyncOptions.parse([])
        options.incremental = true
        options.deep = true
        options.prune = prune
        options.pruneLimit = pruneLimit.map(String.init)
        options.prefix = prefix
        options.overlong = overlong
        return options
    }

    private static func conclude(_ session: SyncSession, sample: Int, repairs: Bool, json: Bool) async -> ExitStatus {
        let logger = session.log.logger()
        do throws(PipelineError) {
            var verdict = try await session.verify(sample: sample)
            if repairs, !verdict.agrees {
                logger.notice("\(verdict.found.differences) differences: repairing them")
                if !verdict.sample.disagreeing.isEmpty {
                    logger.warning("some points have vectors of another kind, which no sync repairs: --rebuild does")
                }
                if case .ran(let summary, _, _) = try await session.run(), let error = summary.error { throw error }
                if let signal = session.signals.received { return signal.status }
                verdict = try await session.verify(sample: sample)
                verdict.isRepaired = true
            }
            if json {
                guard let text = try? VerdictReport(verdict: verdict).json() else {
                    throw PipelineError(.setup, "the verdict cannot be written as JSON")
                }
                StandardOutput.shared.write(result: text)
            } else {
                StandardOutput.shared.write(result: VerdictText.text(verdict))
            }
            return verdict.agrees ? .done : .differs
        } catch {
            logger.error("\(error)")
            return ExitStatus(error, signal: session.signals.received)
        }
    }
}
