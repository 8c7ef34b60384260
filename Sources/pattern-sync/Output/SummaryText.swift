internal import Pipeline

/// The outcome of a sync for people.
enum SummaryText {
    /// For instance "completed: 971 rows in 12.4 s (78.3 rows/s), 971 embedded, 971 upserted, 0 rejected".
    static func text(_ summary: RunSummary, collection: String) -> String {
        let tally = summary.tally
        var lines = [
            "\(title(summary.status)): \(tally.rowsRead) rows into \(collection), \(tally.upserted) upserted, "
                + "\(tally.rejected) rejected",
            "  this attempt (number \(summary.attempt)): \(summary.rowsThisAttempt) rows in "
                + "\(summary.duration.seconds) s, \(Double(Int(summary.rowsPerSecond * 10)) / 10) rows/s",
            "  requests: \(tally.embedRequests) for embeddings (\(summary.concurrencyReached) at once), "
                + "\(tally.upsertRequests) upserts, \(tally.retries) retries",
            "  busy: \(busy(summary)); the bottleneck was the \(summary.bottleneck?.rawValue ?? "engine")",
        ]
        if tally.truncated > 0 { lines.append("  \(tally.truncated) texts were cut to the model's context") }
        if summary.snapshots > 1 || summary.attempt > 1 {
            lines.append(
                "  the table was read in \(summary.snapshots) snapshots\(summary.attempt > 1 ? " and several attempts" : ""): "
                    + "rows that changed behind the reading meanwhile are carried over by the next sync"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }

    static func text(_ plan: SyncPlan, collection: String) -> String {
        """
        dry run: \(plan.rowsRead) rows were read, nothing was written
          a full sync would insert \(plan.insert) points into \(collection) and write \(plan.update) again; \
        \(plan.rejected) rows would be rejected

        """
    }

    private static func title(_ status: RunStatus) -> String {
        switch status {
        case .completed: "completed"
        case .completedWithRejects: "completed, but rows were rejected"
        case .interrupted: "interrupted; the next run resumes here"
        case .failed: "failed"
        }
    }

    private static func busy(_ summary: RunSummary) -> String {
        Stage.allCases.map { stage in
            "\(stage.rawValue) \(Int(((summary.busy[stage] ?? 0) * 100).rounded())) %"
        }.joined(separator: ", ")
    }
}
