internal import Bench
internal import Logging
internal import Pipeline

/// One benchmark, from the configuration to the report.
struct BenchSession: Sendable {
    let configuration: Configuration
    let sync: SyncConfiguration
    let plan: BenchPlan
    let log: LogConfiguration
    let signals: StopSignals
    let named: NamedServers

    /// Which servers somebody has named; the others are where they usually are, or not there at all.
    struct NamedServers: Sendable {
        var database: Bool
        var qdrant: Bool
    }

    /// What was measured, and what ended it before its time.
    struct Outcome: Sendable {
        var report: BenchReport
        /// Nil when all was measured, or the operator ended it.
        var error: PipelineError?

        /// Whether there is anything to tell.
        var hasResults: Bool {
            report.stages.contains { $0.rowsPerSecond.mean > 0 }
                || report.servers.contains { !$0.cells.isEmpty || $0.coldLoad != nil }
        }
    }

    /// Measures until all is known, something fails, or the operator asks to stop.
    func run() async throws(PipelineError) -> Outcome {
        let clock = RunClock(ContinuousClock())
        let logger = log.logger()
        let servers = try Servers(configuration, clock: clock, observer: LogObserver(logger: logger), logger: logger)
        let record = BenchRecord(configuration)
        let progress = BenchProgress(log, clock: clock)
        let work = BenchWork(
            session: self,
            reach: servers,
            clock: clock,
            logger: logger,
            progress: progress,
            record: record
        )
        signals.workCanStop()
        let error: PipelineError? = await progress.showing {
            do throws(PipelineError) {
                try await servers.reaching { () async throws(PipelineError) in try await work.run() }
                return nil
            } catch {
                return error
            }
        }
        await servers.close()
        record.change { report in
            report.status = error == nil && signals.received == nil ? .completed : .interrupted
            report.durationSeconds = clock.now / .seconds(1)
            let order = StageReport.Name.allCases
            report.stages = order.flatMap { name in report.stages.filter { $0.name == name } }
            report.bottleneck = StageReport.bottleneck(of: report.stages)
            report.recommendation = BenchReport.Recommendation(
                servers: report.servers,
                measured: report.stages.first { $0.name == .embedder }?.rowsPerSecond,
                stages: report.stages,
                command: plan.command
            )
        }
        return Outcome(report: record.current, error: signals.received == nil ? error : nil)
    }
}

extension BenchPlan {
    /// To copy: a sync with these settings, in the same environment.
    func command(concurrency: Int, embedBatch: Int) -> String {
        (["pattern-sync"] + commandOptions + ["--concurrency", "\(concurrency)", "--embed-batch", "\(embedBatch)"])
            .joined(separator: " ")
    }
}
