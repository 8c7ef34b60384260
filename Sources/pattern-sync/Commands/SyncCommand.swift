internal import ArgumentParser
internal import Logging
internal import Pipeline
internal import Qdrant
internal import Settings

struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Carries every row of the table into the collection; resumes an interrupted run by itself.",
        discussion: """
            Exit codes: 0 done, 1 failed, 2 usage, 3 done but rows were rejected, 75 stopped and resumable, \
            129, 130 and 143 interrupted and resumable.
            """
    )

    @OptionGroup var options: SyncOptions
    @OptionGroup var journal: JournalOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var common: SettingsOptions

    func run() async throws {
        let settings = try common.settings()
        let sync = try SyncConfiguration(settings, options)
        try sync.checkCombinations(options)
        let log = try LogConfiguration(settings, server, noProgress: options.noProgress)
        settings.warn(log.logger())
        let signals = StopSignals()
        let status: ExitStatus
        do {
            let configuration = try Configuration(settings, wait: server.wait, journal: journal.journal)
            let session = SyncSession(configuration: configuration, sync: sync, log: log, signals: signals)
            status = await signals.watching { await Self.conclude(session) }
        } catch let error as PipelineError {
            log.logger().error("\(error)")
            let report = Report(
                outcome: .failed(error, .failed),
                mode: sync.mode,
                collection: settings.setting(nil, variable: "QDRANT_COLLECTION", key: "collection")?.text ?? "",
                model: settings.setting(nil, variable: "EMBEDDING_MODEL", key: "embedding_model")?.text ?? ""
            )
            status = Self.write(report, to: sync.report, or: .failed, log.logger())
        }
        guard status != .done else { return }
        throw status
    }

    /// Runs the session, tells how it ended to people and machines, and decides the exit code.
    private static func conclude(_ session: SyncSession) async -> ExitStatus {
        let collection = session.configuration.collection.description
        let model = session.configuration.embedding.model
        // Standard output is for one result: the report, where it is wanted there.
        let logger = session.log.logger()
        let isReport = session.sync.report == "-"
        let report: Report
        let status: ExitStatus
        do throws(PipelineError) {
            switch try await session.run() {
            case .ran(let summary, let dimension, let indexing):
                let text = SummaryText.text(
                    summary,
                    mode: session.sync.mode,
                    collection: collection,
                    isPartial: session.sync.options.isPartial
                )
                if isReport { StandardError.shared.write(text) } else { StandardOutput.shared.write(note: text) }
                if let error = summary.error { logger.error("\(error)") }
                report = Report(
                    outcome: .ran(summary, indexing: indexing),
                    mode: session.sync.mode,
                    collection: collection,
                    model: model,
                    dimension: dimension
                )
                status = exitStatus(summary, session)
            case .planned(let plan, let dimension, let duration):
                let text = SummaryText.text(plan, collection: collection)
                if isReport { StandardError.shared.write(text) } else { StandardOutput.shared.write(result: text) }
                report = Report(
                    outcome: .planned(plan, duration),
                    mode: plan.mode,
                    collection: collection,
                    model: model,
                    dimension: dimension
                )
                status = .done
            }
        } catch {
            logger.error("\(error)")
            let wasInterrupted = [.cancelled, .busy, .outage].contains(error.kind)
            report = Report(
                outcome: .failed(error, wasInterrupted ? .interrupted : .failed),
                mode: session.sync.mode,
                collection: collection,
                model: model
            )
            status = ExitStatus(error, signal: session.signals.received)
        }
        return write(report, to: session.sync.report, or: status, logger)
    }

    /// Writes the report where it is wanted.
    ///
    /// - Returns: `status`, unless that was a success and the report cannot be written.
    private static func write(
        _ report: Report,
        to path: String?,
        or status: ExitStatus,
        _ logger: Logger
    ) -> ExitStatus {
        guard let path else { return status }
        do throws(PipelineError) {
            try report.write(to: path)
            return status
        } catch {
            logger.error("\(error)")
            return status == .done ? .failed : status
        }
    }

    private static func exitStatus(_ summary: RunSummary, _ session: SyncSession) -> ExitStatus {
        switch summary.status {
        case .completed: .done
        case .completedWithRejects:
            summary.tally.rejected <= session.sync.allowedRejections ? .done : .rejected
        case .interrupted:
            summary.error.map { ExitStatus($0, signal: session.signals.received) }
                ?? session.signals.received?.status ?? .failed
        case .failed: .failed
        }
    }
}
