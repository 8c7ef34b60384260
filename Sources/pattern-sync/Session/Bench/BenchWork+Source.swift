internal import Bench
internal import Logging
internal import Pipeline
internal import Postgres

extension BenchWork {
    /// The table, where there is one that can be read; nil where the built-in texts have to do.
    func table() async throws(PipelineError) -> BenchTable? {
        let feeds = SyncFeeds(configuration: session.configuration, snapshotWindow: sync.snapshotWindow, clock: clock)
        let patience = session.named.database ? reach.patience : nil
        progress.begins("a sample of the table")
        do throws(PipelineError) {
            let count = plan.texts
            let table = try await stoppable { () async throws(PipelineError) in
                try await BenchTable(feeds, sampling: count, patience)
            }
            progress.ended("\(table.sample.count) rows")
            return table
        } catch {
            if error.kind == .cancelled || plan.isAbout(.source) || plan.isAbout(.pipeline) { throw error }
            logger.notice("there is no table to read: the built-in texts are used (\(error))")
            tableFault(error)
            return nil
        }
    }

    /// Measures how fast rows are read.
    func measureSource(_ table: BenchTable?) async throws(PipelineError) {
        guard let table else { return }
        let options = sync.options
        let bench = SourceBench(
            table.feeds.source(.rows),
            chunk: ChunkLimit(rows: options.chunkRows, bytes: options.chunkBytes),
            limits: plan.limits,
            clock: clock
        )
        progress.begins("the source")
        let result = try await stoppable { () async throws(PipelineError) in await bench.run() }
        try conclude(
            .source,
            result,
            "rows",
            note: "\(options.chunkRows) rows a chunk, of \(table.inspection.rowsAreEstimated ? "about " : "")"
                + "\(table.inspection.rows) in the table"
        )
    }

    /// Takes note of what was measured of a stage, or why nothing was.
    func conclude(
        _ stage: StageReport.Name,
        _ result: LoadResult,
        _ units: String,
        note: String
    ) throws(PipelineError) {
        progress.ended(result, units)
        if result.rate.mean > 0 {
            let errors = result.firstError.map { "; \(result.errors) requests failed, the first: \($0.message)" } ?? ""
            let report = StageReport(
                name: stage,
                rowsPerSecond: result.rate,
                rows: result.units,
                seconds: result.seconds,
                note: note + errors
            )
            record.change { $0.stages.append(report) }
            try checkStop()
        } else {
            try checkStop()
            try leaveOut(
                stage,
                because: result.firstError ?? PipelineError(.setup, "nothing was finished in time")
            )
        }
    }

    /// Without a table two stages cannot be measured.
    private func tableFault(_ error: PipelineError) {
        record.change { report in
            for stage in [StageReport.Name.source, .pipeline] where plan.measures(stage) {
                report.stages.append(.leftOut(stage, because: error.message))
            }
        }
    }
}
