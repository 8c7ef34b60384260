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
    let checkpoint: Checkpoint?

    /// Resumes an interrupted run where that can be trusted, and tells where it cannot.
    ///
    /// - Throws: `.setup` when the interrupted run had another set-up.
    init(
        _ setup: SyncSetup,
        _ configuration: Configuration,
        _ sync: SyncConfiguration,
        _ history: JournalHistory,
        _ logger: Logger
    ) throws(PipelineError) {
        let query = configuration.query
        let fingerprint = Fingerprint(
            source: Self.hash([setup.inspection.sql, query.key.rawValue, query.name, setup.inspection.databaseIdentity]
            ),
            target: Self.hash([Self.withoutCredentials(configuration.qdrantURL), configuration.collection.description]),
            embedder: setup.identity.fingerprint
        )
        var header = RunHeader(
            generation: Self.randomGeneration(),
            mode: .full,
            fingerprint: fingerprint,
            collection: configuration.collection.description,
            model: setup.identity.model,
            limit: sync.options.limit
        )
        var checkpoint: Checkpoint?
        // A limited run is a part of a sync: it neither resumes one nor is resumed, and leaves its mark alone.
        if sync.options.limit == nil {
            let plan = try ResumePlan.decide(
                interrupted: history.interrupted,
                fingerprint: fingerprint,
                evidence: setup.evidence,
                fresh: sync.beginsAnew
            )
            switch plan {
            case .anew(let reason):
                if let reason { logger.notice("an interrupted run is not resumed: \(reason)") }
            case .resume(let interrupted):
                header.generation = interrupted.header.generation
                header.attempt = interrupted.header.attempt + 1
                checkpoint = interrupted.checkpoint
            }
        }
        self.header = header
        self.checkpoint = checkpoint
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

    private static func randomGeneration() -> String {
        (0..<16).map { _ in String(format: "%02x", UInt8.random(in: 0...255)) }.joined()
    }
}
