internal import Pipeline

/// The outcome of a sync for machines: one JSON object, whose members stay as they are.
struct Report: Encodable {
    enum Outcome {
        /// - indexing: how long the index was waited for that was put off; nil where none was.
        case ran(RunSummary, indexing: Duration?)
        /// A dry run, and how long it took.
        case planned(SyncPlan, Duration)
        /// A run that came to nothing.
        case failed(PipelineError, RunStatus)
    }

    let outcome: Outcome
    let mode: SyncMode
    let collection: String
    let model: String
    /// The components of a vector; nil when it did not come to finding out.
    var dimension: Int?

    private enum Key: String, CodingKey {
        case status, mode, collection, model, dimension, attempt, bottleneck, endpoints, rejections, would, error
        case truncatedRows = "truncated_rows"
        case embeddingSeconds = "embedding_seconds"
        case resumedFrom = "resumed_from"
        case duration = "duration_seconds"
        case rowsPerSecond = "rows_per_second"
        case concurrencyReached = "concurrency_reached"
        case indexSeconds = "index_seconds"
        case peakBytes = "peak_rss_bytes"
        case cpuSeconds = "cpu_seconds"
    }

    /// What does not apply to an outcome is 0, empty or null; only the members of a plan are left out without one.
    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(status, forKey: .status)
        try object.encode(mode.rawValue, forKey: .mode)
        try object.encode(collection, forKey: .collection)
        try object.encode(model, forKey: .model)
        try object.encode(dimension, forKey: .dimension)
        try object.encode(duration / .seconds(1), forKey: .duration)
        try object.encode(error.map(FaultReport.init), forKey: .error)
        try encodeAttempt(into: &object)
        if case .planned(let plan, _) = outcome {
            try object.encode(PlanReport(plan), forKey: .would)
            try object.encode(plan.embeddingTime.map { $0 / .seconds(1) }, forKey: .embeddingSeconds)
        }
        let use = ResourceUse.current()
        try object.encode(use.peakBytes, forKey: .peakBytes)
        try object.encode(use.cpuSeconds, forKey: .cpuSeconds)
        // Its members stand among these.
        try TallyReport(tally: tally).encode(to: encoder)
    }

    private func encodeAttempt(into object: inout KeyedEncodingContainer<Key>) throws {
        let rejections = (summary?.rejections ?? []).map { RejectedRow(key: $0.key, reason: $0.reason) }
        try object.encode(summary?.attempt ?? 0, forKey: .attempt)
        try object.encode(summary?.resumedFrom?.token, forKey: .resumedFrom)
        try object.encode(summary?.rowsPerSecond ?? 0, forKey: .rowsPerSecond)
        try object.encode(summary?.concurrencyReached ?? 0, forKey: .concurrencyReached)
        try object.encode(summary.map { $0.bottleneck?.rawValue ?? "engine" }, forKey: .bottleneck)
        try object.encode((summary?.endpoints ?? []).map(EndpointReport.init), forKey: .endpoints)
        try object.encode(rejections, forKey: .rejections)
        try object.encode((summary?.truncated ?? []).map(\.description), forKey: .truncatedRows)
        try object.encode(indexing.map { $0 / .seconds(1) }, forKey: .indexSeconds)
    }

    private struct RejectedRow: Encodable {
        let key: String?
        let reason: String
    }

    // MARK: - What an outcome tells

    private var status: String {
        switch outcome {
        case .ran(let summary, _): summary.status.rawValue
        case .planned: "dry_run"
        case .failed(_, let status): status.rawValue
        }
    }

    private var summary: RunSummary? {
        if case .ran(let summary, _) = outcome { summary } else { nil }
    }

    private var indexing: Duration? {
        if case .ran(_, let indexing) = outcome { indexing } else { nil }
    }

    private var duration: Duration {
        switch outcome {
        case .ran(let summary, _): summary.duration
        case .planned(_, let duration): duration
        case .failed: .zero
        }
    }

    private var tally: Tally {
        switch outcome {
        case .ran(let summary, _): summary.tally
        case .planned(let plan, _): plan.tally
        case .failed: Tally()
        }
    }

    private var error: PipelineError? {
        switch outcome {
        case .ran(let summary, _): summary.error
        case .planned: nil
        case .failed(let error, _): error
        }
    }

    /// Writes the report to the file at `path`; `-` is standard output.
    func write(to path: String) throws(PipelineError) {
        do {
            try OutputFile(path: path).write(try JSONOutput.text(self, isPretty: true))
        } catch {
            throw PipelineError(
                .setup,
                "the report cannot be written to '\(path)'",
                remedy: "name a file in a directory that is there and writable in --report"
            )
        }
    }
}
