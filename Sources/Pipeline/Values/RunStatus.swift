/// What a sync does.
public enum SyncMode: String, Sendable, CaseIterable {
    /// Every row is embedded and upserted.
    case full
    /// Rows are compared with their points, and only what differs is carried over.
    case incremental
}

/// How an attempt ended.
public enum RunStatus: String, Sendable {
    case completed
    case completedWithRejects = "completed_with_rejects"
    case interrupted
    case failed

    /// Whether there is nothing left to resume.
    public var isFinal: Bool {
        self == .completed || self == .completedWithRejects
    }
}
