internal import Pipeline

/// The outcome of a sync for people.
enum SummaryText {
    /// For instance "completed: 971 rows in 12.4 s (78.3 rows/s), 971 embedded, 971 upserted, 0 rejected".
    ///
    /// - Parameter isPartial: whether the run was for a part of the rows, which is never resumed.
    static func text(_ summary: RunSummary, mode: SyncMode, collection: String, isPartial: Bool) -> String {
        let tally = summary.tally
        var lines = [
            "\(title(summary.status, isPartial)): \(tally.rowsRead) rows into \(collection), \(tally.upserted) upserted, "
                + "\(tally.rejected) rejected"
        ]
        if mode == .incremental || tally.payloadUpdated > 0 {
            lines.append(
                "  \(tally.embedded) embedded, \(tally.payloadUpdated) payloads replaced, \(tally.unchanged) unchanged"
            )
        }
        if tally.reused > 0 { lines.append("  \(tally.reused) vectors were taken over from the generation before") }
        lines += [
            "  this attempt (number \(summary.attempt)): \(summary.rowsThisAttempt) rows in "
                + "\(summary.duration.seconds) s, \(Double(Int(summary.rowsPerSecond * 10)) / 10) rows/s",
            "  requests: \(tally.embedRequests) for embeddings (\(summary.concurrencyReached) at once), "
                + "\(tally.upsertRequests) upserts, \(tally.retries) retries",
            "  embedding: \(endpoints(summary))",
            "  busy: \(busy(summary)); the bottleneck was the \(summary.bottleneck?.rawValue ?? "engine")",
        ]
        if tally.truncated > 0 { lines.append("  \(tally.truncated) texts were cut to the model's context") }
        if summary.caughtUp {
            lines.append("  at the end all rows were compared with their points once more")
        }
        let rejected = summary.rejections
        if summary.status == .completedWithRejects, rejected.isEmpty || rejected.contains(where: { $0.key != nil }) {
            lines.append("  once the cause is mended, --retry-rejected syncs just the rejected rows")
        }
        if tally.deleted > 0 {
            lines.append("  \(tally.deleted) points without a row were deleted")
        } else if tally.stale > 0 {
            lines.append("  \(tally.stale) points have no row any more: --prune deletes them")
        }
        return lines.map(\.printable).joined(separator: "\n") + "\n"
    }

    static func text(_ plan: SyncPlan, collection: String) -> String {
        var lines = [
            "dry run: \(plan.found.rowsRead) rows were read, nothing was written",
            "  \(plan.mode == .full ? "a full" : "an incremental") sync would insert \(plan.insert) points into "
                + "\(collection), write \(plan.update) again, replace \(plan.payloadUpdate) payloads and leave "
                + "\(plan.unchanged) as they are",
            "  \(plan.found.stale) points have no row any more"
                + (plan.prunes ? ", and \(plan.delete) would be deleted" : ""),
            "  \(plan.found.rejected) rows would be rejected",
        ]
        if let refusal = plan.pruneRefusal { lines.append("  none of them would be deleted: \(refusal)") }
        if let time = plan.embeddingTime {
            lines.append("  \(plan.texts) texts would be embedded, in about \(time.rough)")
        }
        return lines.map(\.printable).joined(separator: "\n") + "\n"
    }

    private static func title(_ status: RunStatus, _ isPartial: Bool) -> String {
        switch status {
        case .completed: "completed"
        case .completedWithRejects: "completed, but rows were rejected"
        case .interrupted: isPartial ? "interrupted" : "interrupted; the next run resumes here"
        case .failed: "failed"
        }
    }

    private static func endpoints(_ summary: RunSummary) -> String {
        summary.endpoints.map { server in
            "\(server.name) \(server.texts) texts, \(Double(Int(server.textsPerSecond * 10)) / 10) texts/s, "
                + "\(server.setting.words) in flight"
                + (server.failures > 0 ? ", \(server.failures) requests failed" : "")
        }.joined(separator: "; ")
    }

    private static func busy(_ summary: RunSummary) -> String {
        Stage.allCases.map { stage in
            "\(stage.rawValue) \(Int(((summary.busy[stage] ?? 0) * 100).rounded())) %"
        }.joined(separator: ", ")
    }
}
