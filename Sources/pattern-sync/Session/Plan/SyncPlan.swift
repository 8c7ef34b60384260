internal import Pipeline

/// What a sync would do, as a dry run finds out.
struct SyncPlan: Sendable {
    let mode: SyncMode
    let found: ComparisonSummary
    /// Whether stale points would be deleted.
    let prunes: Bool
    /// Why they would not be deleted after all.
    var pruneRefusal: PipelineError?
    /// How long the embedding servers would be busy, from a measured probe; nil where nothing is to be embedded.
    var embeddingTime: Duration?

    var insert: Int { found.missing }

    /// A full sync writes every row, whether its point differs or not.
    var update: Int {
        switch mode {
        case .full: found.textDiffers + found.unchanged + found.payloadDiffers
        case .incremental: found.textDiffers
        }
    }

    var payloadUpdate: Int {
        switch mode {
        case .full: found.unclaimed
        case .incremental: found.payloadDiffers + found.unclaimed
        }
    }

    var unchanged: Int { mode == .full ? 0 : found.unchanged }
    var delete: Int { prunes && pruneRefusal == nil ? found.stale : 0 }
    /// What was found, in the counts of a run.
    var tally: Tally {
        var tally = Tally()
        tally.rowsRead = found.rowsRead
        tally.rejected = found.rejected
        tally.unchanged = unchanged
        tally.stale = found.stale
        return tally
    }

    /// Texts that would be embedded.
    var texts: Int { insert + update }
}
