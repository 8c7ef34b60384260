internal import Crypto
internal import Foundation
internal import JournalFile
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

/// Where a run begins: at the first row, or behind the last checkpoint of an interrupted one.
struct RunStart {
    let header: RunHeader
    let interrupted: InterruptedRun?

    /// Resumes an interrupted run where that can be trusted, and tells where it cannot.
    ///
    /// - Parameters:
    ///   - collection: that the run is for: the configured one, whatever it stands for, or a generation that is being built.
    ///   - target: that is written to, where that is another one.
    ///   - evidence: what that collection tells.
    /// - Throws: `.setup` when an interrupted full run had another set-up.
    init(
        _ setup: SyncSetup,
        _ sync: SyncConfiguration,
        into collection: CollectionName,
        standingFor target: CollectionName? = nil,
        evidence: TargetEvidence,
        _ history: JournalHistory,
        _ logger: Logger
    ) throws(PipelineError) {
        let fingerprint = Self.fingerprint(setup, into: collection)
        var header = RunHeader(
            runID: Self.randomID(),
            mode: sync.mode,
            fingerprint: fingerprint,
            collection: (target ?? collection).description,
            model: setup.identity.model,
            limit: sync.options.limit,
            retriesRejected: sync.options.retriesRejected,
            embedderRecord: try setup.embedderRecord()
        )
        var resumed: InterruptedRun?
        // A part of a sync neither resumes one nor is resumed, and leaves its mark alone. A run that compares values looks
        // at every point: below a mark some were compared by their hashes, or edited since.
        if !sync.options.isPartial, !sync.options.comparesValues {
            let plan = try ResumePlan.decide(
                interrupted: history.interrupted(sync.mode),
                mode: sync.mode,
                fingerprint: fingerprint,
                evidence: evidence,
                fresh: sync.beginsAnew
            )
            switch plan {
            case .anew(let reason):
                if let reason { logger.notice("an interrupted run is not resumed: \(reason)") }
            case .resume(let interrupted):
                header.runID = interrupted.header.runID
                header.attempt = interrupted.header.attempt + 1
                resumed = interrupted
            }
        }
        self.header = header
        interrupted = resumed
    }

    /// What has to be the same for a run to be resumed.
    static func fingerprint(_ setup: SyncSetup, into collection: CollectionName) -> Fingerprint {
        let query = setup.configuration.query
        let source = [setup.inspection.sql, query.key.rawValue, query.name, setup.inspection.databaseIdentity]
        return Fingerprint(
            source: hash(source),
            target: hash([withoutCredentials(setup.configuration.qdrantURL), collection.description]),
            embedder: setup.identity.fingerprint
        )
    }

    /// A new password is no new target.
    private static func withoutCredentials(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://"), let at = url.lastIndex(of: "@") else { return url }
        return String(url[..<scheme.upperBound] + url[url.index(after: at)...])
    }

    private static func hash(_ parts: [String]) -> String {
        let digest = SHA256.hash(data: Array(parts.joined(separator: "\u{1f}").utf8))
        return digest.prefix(8).map { String(format: "%02x", $0) }.joined()
    }

    private static func randomID() -> String {
        (0..<16).map { _ in String(format: "%02x", UInt8.random(in: 0...255)) }.joined()
    }
}
