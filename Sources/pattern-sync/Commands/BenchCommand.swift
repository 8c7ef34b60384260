internal import ArgumentParser
internal import Bench
internal import Foundation
internal import Logging
internal import Pipeline
internal import Settings

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures the embedding servers, the table and Qdrant, and recommends settings.",
        discussion: """
            Nothing that is there is changed: Qdrant is measured with a collection NAME__bench_…, which is removed. \
            What cannot be reached besides the embedding servers is left out. Ctrl-C ends it early and keeps what was \
            measured. \
            Exit codes: 0 done, 1 failed, slower than --fail-below allows, or nothing to tell that by, 2 usage, 129, 130 \
            and 143 interrupted.
            """
    )

    @OptionGroup var options: BenchOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var common: SettingsOptions

    func run() async throws {
        let settings = try common.settings()
        let plan = try BenchPlan(options, commandOptions: commandOptions)
        let log = try LogConfiguration(settings, server)
        settings.warn(log.logger())
        let signals = StopSignals()
        let status: ExitStatus
        do {
            var syncOptions = try SyncOptions.parse([])
            syncOptions.prefix = options.prefix
            let old: BenchReport? = if let path = options.compare { try BenchFiles.report(at: path) } else { nil }
            if let path = options.html { try BenchFiles.checkWritable(path) }
            let session = BenchSession(
                configuration: try Configuration(settings, wait: server.wait),
                sync: try SyncConfiguration(settings, syncOptions),
                plan: plan,
                log: log,
                signals: signals,
                named: .init(
                    database: try Self.namesDatabase(settings),
                    qdrant: settings.setting(nil, variable: "QDRANT_URL", key: "qdrant_url") != nil
                )
            )
            let options = options
            status = await signals.watching { await Self.conclude(session, old, options) }
        } catch let error as PipelineError {
            log.logger().error("\(error)")
            status = .failed
        }
        guard status != .done else { return }
        throw status
    }

    /// Those of this command that a sync has as well.
    private var commandOptions: [String] {
        [("--config", common.config), ("--prefix", options.prefix)].flatMap { name, value in
            value.map { [name, Self.quoted($0)] } ?? []
        }
    }

    /// As a shell reads it as one word.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-".contains($0)) }
        return isPlain && !text.isEmpty ? text : "'\(text.replacing("'", with: "'\\''"))'"
    }

    /// Whether anybody has said where the database is, to us or to libpq.
    private static func namesDatabase(_ settings: Settings) throws(UsageError) -> Bool {
        if try settings.secret("DATABASE_URL", key: "database_url") != nil { return true }
        return ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE", "PGUSER"].contains {
            settings.environment[$0]?.isEmpty == false
        }
    }

    /// Runs the session, tells what it has measured, and decides the exit code.
    private static func conclude(
        _ session: BenchSession,
        _ old: BenchReport?,
        _ options: BenchOptions
    ) async -> ExitStatus {
        let logger = session.log.logger()
        do throws(PipelineError) {
            let outcome = try await session.run()
            let comparison = old.map { BenchComparison(old: $0, new: outcome.report) }
            if outcome.hasResults { try tell(outcome.report, comparison, options) }
            if let error = outcome.error { throw error }
            if let signal = session.signals.received { return signal.status }
            guard let percent = options.failBelow, let comparison else { return .done }
            let before = options.compare ?? "before"
            if comparison.isWorse(thanPercent: percent) {
                logger.error("it is more than \(percent) % slower than \(before)")
                return .failed
            }
            if let reason = comparison.undecided {
                logger.error("nobody can tell whether it is slower than \(before): \(reason)")
                return .failed
            }
            return .done
        } catch {
            logger.error("\(error)")
            return session.signals.received?.status ?? .failed
        }
    }

    private static func tell(
        _ report: BenchReport,
        _ comparison: BenchComparison?,
        _ options: BenchOptions
    ) throws(PipelineError) {
        // Standard output is for one result.
        let isTaken = options.json || options.html == "-"
        let style = isTaken ? BenchText.Style.errors : .output
        var texts = options.json ? [] : [BenchText.text(report, style: style)]
        if let comparison { texts.append(comparison.text(style: style)) }
        let text = texts.joined(separator: "\n")
        if isTaken {
            StandardError.shared.write(text)
        } else {
            StandardOutput.shared.write(result: text)
        }
        if options.json { StandardOutput.shared.write(result: try BenchFiles.json(report)) }
        if let path = options.html { try BenchFiles.write(BenchPage.html(report, comparedTo: comparison), to: path) }
    }
}

extension BenchText.Style {
    fileprivate static var output: BenchText.Style { style(of: STDOUT_FILENO) }
    fileprivate static var errors: BenchText.Style { style(of: STDERR_FILENO) }

    /// In colour, and as wide as it is, on a terminal that somebody looks at.
    private static func style(of descriptor: Int32) -> BenchText.Style {
        let environment = ProcessInfo.processInfo.environment
        guard isatty(descriptor) == 1 else { return BenchText.Style(width: 100, hasColour: false) }
        var size = winsize()
        let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return BenchText.Style(
            width: isKnown ? Int(size.ws_col) : 80,
            hasColour: environment["TERM"] != "dumb" && environment["NO_COLOR"]?.isEmpty != false
        )
    }
}
