internal import Foundation
internal import Pipeline

/// The outcome of a sync for machines: one JSON object, whose members stay as they are.
struct Report: Encodable {
    var status: String
    var mode: String
    var collection: String
    var model: String
    var dimension: Int?
    var tally = Tally()
    var resumedFrom: String?
    var duration: Duration = .zero
    var rowsPerSecond = 0.0
    var concurrencyReached = 0
    var attempt = 0
    var bottleneck: String?
    /// Of a dry run.
    var plan: SyncPlan?
    /// The first of the rows that this attempt rejected, and of those whose text it cut.
    var rejections: [Rejection] = []
    var truncated: [RowKey] = []
    var error: PipelineError?

    /// The report of a run.
    init(_ summary: RunSummary, mode: SyncMode, collection: String, model: String, dimension: Int) {
        status = summary.status.rawValue
        self.mode = mode.rawValue
        self.collection = collection
        self.model = model
        self.dimension = dimension
        tally = summary.tally
        resumedFrom = summary.resumedFrom?.token
        duration = summary.duration
        rowsPerSecond = summary.rowsPerSecond
        concurrencyReached = summary.concurrencyReached
        attempt = summary.attempt
        bottleneck = summary.bottleneck?.rawValue ?? "engine"
        rejections = summary.rejections
        truncated = summary.truncated
        error = summary.error
    }

    /// The report of a dry run.
    init(_ plan: SyncPlan, collection: String, model: String, dimension: Int, duration: Duration) {
        status = "dry_run"
        mode = plan.mode.rawValue
        self.collection = collection
        self.model = model
        self.dimension = dimension
        self.plan = plan
        self.duration = duration
        tally.rowsRead = plan.found.rowsRead
        tally.rejected = plan.found.rejected
        tally.unchanged = plan.unchanged
        tally.stale = plan.found.stale
    }

    /// The report of a run that came to nothing.
    init(_ error: PipelineError, status: RunStatus, mode: SyncMode, collection: String, model: String) {
        self.status = status.rawValue
        self.mode = mode.rawValue
        self.collection = collection
        self.model = model
        self.error = error
    }

    private enum Key: String, CodingKey {
        case status, mode, collection, model, dimension, embedded, upserted, unchanged, stale, deleted, rejected,
            retries
        case truncated, attempt, bottleneck, error, would, reused, rejections
        case truncatedRows = "truncated_rows"
        case embeddingSeconds = "embedding_seconds"
        case rowsRead = "rows_read"
        case payloadUpdated = "payload_updated"
        case resumedFrom = "resumed_from"
        case duration = "duration_seconds"
        case rowsPerSecond = "rows_per_second"
        case embedRequests = "embed_requests"
        case upsertRequests = "upsert_requests"
        case concurrencyReached = "concurrency_reached"
        case peakBytes = "peak_rss_bytes"
        case cpuSeconds = "cpu_seconds"
    }

    private enum PlanKey: String, CodingKey {
        case insert, update, delete
        case payloadUpdate = "payload_update"
    }

    private struct RejectedRow: Encodable {
        let key: String?
        let reason: String
    }

    private enum ErrorKey: String, CodingKey {
        case kind, message, remedy
    }

    func encode(to encoder: any Encoder) throws {
        let use = ResourceUse.current()
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(status, forKey: .status)
        try object.encode(mode, forKey: .mode)
        try object.encode(collection, forKey: .collection)
        try object.encode(model, forKey: .model)
        try object.encode(dimension, forKey: .dimension)
        try object.encode(tally.rowsRead, forKey: .rowsRead)
        try object.encode(tally.embedded, forKey: .embedded)
        try object.encode(tally.upserted, forKey: .upserted)
        try object.encode(tally.rejected, forKey: .rejected)
        try object.encode(tally.truncated, forKey: .truncated)
        try object.encode(tally.retries, forKey: .retries)
        try object.encode(tally.embedRequests, forKey: .embedRequests)
        try object.encode(tally.upsertRequests, forKey: .upsertRequests)
        try object.encode(tally.payloadUpdated, forKey: .payloadUpdated)
        try object.encode(tally.unchanged, forKey: .unchanged)
        try object.encode(tally.reused, forKey: .reused)
        try object.encode(tally.stale, forKey: .stale)
        try object.encode(tally.deleted, forKey: .deleted)
        try object.encode(rejections.map { RejectedRow(key: $0.key, reason: $0.reason) }, forKey: .rejections)
        try object.encode(truncated.map(\.description), forKey: .truncatedRows)
        try object.encode(resumedFrom, forKey: .resumedFrom)
        try object.encode(duration / .seconds(1), forKey: .duration)
        try object.encode(rowsPerSecond, forKey: .rowsPerSecond)
        try object.encode(concurrencyReached, forKey: .concurrencyReached)
        try object.encode(attempt, forKey: .attempt)
        try object.encode(bottleneck, forKey: .bottleneck)
        try object.encode(use.peakBytes, forKey: .peakBytes)
        try object.encode(use.cpuSeconds, forKey: .cpuSeconds)
        if let plan {
            var would = object.nestedContainer(keyedBy: PlanKey.self, forKey: .would)
            try would.encode(plan.insert, forKey: .insert)
            try would.encode(plan.update, forKey: .update)
            try would.encode(plan.payloadUpdate, forKey: .payloadUpdate)
            try would.encode(plan.delete, forKey: .delete)
            try object.encode(plan.embeddingTime.map { $0 / .seconds(1) }, forKey: .embeddingSeconds)
        }
        guard let error else { return try object.encodeNil(forKey: .error) }
        var fault = object.nestedContainer(keyedBy: ErrorKey.self, forKey: .error)
        try fault.encode(Self.word(error.kind), forKey: .kind)
        try fault.encode(error.message, forKey: .message)
        try fault.encode(error.remedy, forKey: .remedy)
    }

    private static func word(_ kind: PipelineError.Kind) -> String {
        switch kind {
        case .row: "row"
        case .server, .tooMuch: "server"
        case .setup: "setup"
        case .outage: "outage"
        case .busy: "busy"
        case .tooManyRejections: "too_many_rejections"
        case .cancelled: "cancelled"
        }
    }

    /// Writes the report to the file at `path`; `-` is standard output.
    ///
    /// A file is replaced as a whole. What is there and no file, such as a pipe, a device or a link, is written into.
    func write(to path: String) throws(PipelineError) {
        do {
            let text = try JSONOutput.text(self, isPretty: true)
            if path == "-" { return StandardOutput.shared.write(result: text) }
            let json = Data(text.utf8)
            let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
            if type == nil || type == .typeRegular {
                try json.write(to: URL(fileURLWithPath: path), options: .atomic)
            } else {
                guard let file = FileHandle(forWritingAtPath: path) else { throw POSIXError(.EACCES) }
                if type == .typeSymbolicLink { try file.truncate(atOffset: 0) }
                try file.write(contentsOf: json)
            }
        } catch {
            throw PipelineError(
                .setup,
                "the report cannot be written to '\(path)'",
                remedy: "name a file in a directory that is there and writable in --report"
            )
        }
    }
}
