internal import Logging
internal import Qdrant

/// Looks whether the vectors of a collection are never indexed, without a run of the sync that has put it off.
struct IndexingCheck {
    /// Nil where all is well.
    private let collection: CollectionName?
    private let usualThreshold: Int

    init(_ findings: CollectionFindings?, _ version: QdrantVersion) {
        let isOff = findings?.indexingThreshold == 0 && findings?.isIndexingDeferred == false
        collection = isOff ? findings?.collection : nil
        usualThreshold = version.usualIndexingThreshold
    }

    func log(to logger: Logger) {
        guard let collection else { return }
        logger.warning(
            """
            the indexing of vectors is switched off in \(collection), not by this sync, and searches look at each of them: \
            PATCH /collections/\(collection) with {"optimizers_config":{"indexing_threshold":\(usualThreshold)}} switches \
            it on
            """
        )
    }
}
