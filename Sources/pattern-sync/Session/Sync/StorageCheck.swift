internal import Logging
internal import Pipeline
internal import Qdrant

/// Compares how a collection that is there keeps its vectors with how it was asked for. It is never changed to fit.
struct StorageCheck {
    /// What the collection has otherwise than the configuration file wants it, in words.
    private let differences: [String]

    /// - Throws: `.setup` when the command line wants it otherwise: who asks for it there expects it to come true.
    init(_ findings: CollectionFindings?, _ sync: SyncConfiguration) throws(PipelineError) {
        guard let findings, let found = findings.storage else {
            differences = []
            return
        }
        let demanded = sync.demandedStorage.differences(from: found)
        guard demanded.isEmpty else {
            throw PipelineError(
                .setup,
                "the collection \(findings.collection) is there and keeps its vectors \(demanded.joined(separator: ", "))",
                remedy: "leave these options out, or build a new generation that has them with --rebuild"
            )
        }
        differences = sync.storage.differences(from: found)
    }

    func log(_ collection: CollectionName, to logger: Logger) {
        guard !differences.isEmpty else { return }
        logger.notice(
            """
            \(collection) keeps its vectors \(differences.joined(separator: ", ")), as a collection is not changed once it \
            is there: a new generation is built the other way with --rebuild
            """
        )
    }
}
