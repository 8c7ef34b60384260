/// Whether a run takes up an interrupted one or begins anew.
public enum ResumePlan: Sendable, Equatable {
    case resume(InterruptedRun)
    /// From the first row; `because` tells why an interrupted run is given up.
    case anew(because: String?)

    /// Decides for a run with this fingerprint.
    ///
    /// The low-water mark of a full run is believed only while what it stands for is there. That of an incremental run
    /// stands for nothing but rows that were looked at.
    /// - Throws: `.setup` when an interrupted full run had another set-up: its work is not for this one to throw away.
    public static func decide(
        interrupted: InterruptedRun?,
        mode: SyncMode,
        fingerprint: Fingerprint,
        evidence: TargetEvidence,
        fresh: Bool
    ) throws(PipelineError) -> ResumePlan {
        guard let interrupted else { return .anew(because: nil) }
        if fresh { return .anew(because: "told to begin anew") }
        let differences = interrupted.header.fingerprint.differences(from: fingerprint)
        guard differences.isEmpty else {
            if mode == .incremental {
                return .anew(because: "it had another \(differences.joined(separator: " and "))")
            }
            throw PipelineError(
                .setup,
                "an interrupted run of this sync had another \(differences.joined(separator: " and ")) "
                    + "(it filled \(interrupted.header.collection) with \(interrupted.header.model))",
                remedy: "go back to that set-up to resume it, or begin anew with --fresh"
            )
        }
        guard let checkpoint = interrupted.checkpoint else { return .anew(because: nil) }
        if mode == .full {
            let stored = checkpoint.tally.rowsRead - checkpoint.tally.rejected
            if let doubt = evidence.doubt(about: interrupted.header.runID, points: stored) {
                return .anew(because: doubt)
            }
        } else if evidence == .missing {
            return .anew(because: "the collection is no longer there")
        }
        return .resume(interrupted)
    }
}

extension Fingerprint {
    fileprivate func differences(from other: Fingerprint) -> [String] {
        var parts: [String] = []
        if source != other.source { parts.append("query or database") }
        if target != other.target { parts.append("target") }
        if embedder != other.embedder { parts.append("model or embedding options") }
        return parts
    }
}
