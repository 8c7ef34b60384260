internal import ArgumentParser
internal import Pipeline
internal import Qdrant

struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Carries every row of the table into the collection; resumes an interrupted run by itself.",
        discussion: """
            Exit codes: 0 done, 1 failed, 2 usage, 3 done but rows were rejected, 75 stopped and resumable, \
            130 and 143 interrupted and resumable.
            """
    )

    @OptionGroup var options: SyncOptions
    @OptionGroup var connections: ConnectionOptions

    func run() async throws {
        let settings = try connections.settings()
        let sync = try SyncConfiguration(settings, options)
        let log = try LogConfiguration(settings, connections)
        let signals = StopSignals()
        let result: (report: Report?, status: ExitStatus)
        do {
            let configuration = try Configuration(settings, connections)
            let session = SyncSession(configuration: configuration, sync: sync, log: log, signals: signals)
            result = await signals.watching { await Self.conclude(session) }
        } catch let error as PipelineError {
            Terminal.standardError.write("error: \(error)\n")
            result = (nil, .failed)
        }
        guard result.status != .done else { return }
        throw result.status.exitCode
    }

    /// Runs the session, tells how it ended to people and machines, and decides the exit code.
    private static func conclude(_ session: SyncSession) async -> (report: Report?, status: ExitStatus) {
        let collection = session.configuration.collection.description
        let model = session.configuration.embedding.model
        // Standard output is for one result: the report, where it is wanted there.
        let output = session.sync.report == "-" ? Terminal.standardError : Terminal.standardOutput
        var report: Report
        var status: ExitStatus
        do throws(PipelineError) {
            switch try await session.run() {
            case .ran(let summary, let dimension):
                output.write(SummaryText.text(summary, collection: collection))
                if let error = summary.error { Terminal.standardError.write("error: \(error)\n") }
                report = Report(summary, collection: collection, model: model, dimension: dimension)
                status = exitStatus(summary, session)
            case .planned(let plan, let dimension, let duration):
                output.write(SummaryText.text(plan, collection: collection))
                report = Report(plan, collection: collection, model: model, dimension: dimension, duration: duration)
                status = .done
            }
        } catch {
            Terminal.standardError.write("error: \(error)\n")
            let wasInterrupted = error.kind == .cancelled || error.kind == .busy
            report = Report(
                error,
                status: wasInterrupted ? .interrupted : .failed,
                collection: collection,
                model: model
            )
            // A server that was never there is a matter of the set-up.
            status = error.kind == .outage ? .failed : ExitStatus(error, signal: session.signals.received)
        }
        if let path = session.sync.report {
            do throws(PipelineError) {
                try report.write(to: path)
            } catch {
                Terminal.standardError.write("error: \(error)\n")
                if status == .done { status = .failed }
            }
        }
        return (report, status)
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
