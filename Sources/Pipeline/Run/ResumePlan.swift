/// Whether a run takes up an interrupted one or begins anew.
public enum ResumePlan: Sendable, Equatable {
    case resume(InterruptedRun)
    /// From the first row; `because` tells why an interrupted run is given up.
    case anew(because: String?)

    /// Decides for a full run with this fingerprint.
    ///
    /// A low-water mark is believed only while what it stands for is there.
    /// - Throws: `.setup` when an interrupted run had another set-up: its journal is not for this one to overwrite.
    public static func decide(
        interrupted: InterruptedRun?,
        fingerprint: Fingerprint,
        evidence: TargetEvidence,
        fresh: Bool
    ) throws(PipelineError) -> ResumePlan {
        guard let interrupted else { return .anew(because: nil) }
        if fresh { return .anew(because: "told to begin anew") }
        let differences = interrupted.header.fingerprint.differences(from: fingerprint)
        guard differences.isEmpty else {
            throw PipelineError(
                .setup,
                "an interrupted run of this sync had another \(differences.joined(separator: " and ")) "
                    + "(it filled \(interrupted.header.collection) with \(interrupted.header.model))",
                remedy: "go back to that set-up to resume it, or begin anew with --fresh"
            )
        }
        guard let checkpoint = interrupted.checkpoint else { return .anew(because: nil) }
        if let doubt = evidence.doubt(about: interrupted.header.generation, upserted: checkpoint.tally.upserted) {
            return .anew(because: doubt)
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
