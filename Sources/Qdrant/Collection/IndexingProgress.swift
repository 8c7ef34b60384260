internal import CurlHTTP
internal import Pipeline

/// How far a server has got with the index of a collection, as it tells: both numbers are approximate.
public struct IndexingProgress: Sendable, Equatable {
    public let indexed: Int
    public let vectors: Int

    public init(indexed: Int, vectors: Int) {
        self.indexed = indexed
        self.vectors = vectors
    }
}

extension QdrantClient {
    /// Waits until the server has indexed what it is to index, and made all changes that it took on.
    ///
    /// Grey is what a server says that has not begun yet as well as one that never will. It is woken by a change that
    /// changes nothing; one that stays grey counts as done, since its vectors are there and searched without an index.
    ///
    /// - Parameters:
    ///   - limit: nil waits for as long as it takes.
    ///   - observe: is told each second how far it is.
    /// - Returns: whether it is done; false when it was not after `limit`.
    /// - Throws: `.setup` when the indexing fails.
    func waitUntilIndexed(
        atMost limit: Duration?,
        _ clock: RunClock,
        _ observe: (IndexingProgress) -> Void
    ) async throws(PipelineError) -> Bool {
        let began = clock.now
        var timesGrey = 0
        while true {
            guard let state = try await state() else { throw QdrantGenerations.missing(collection) }
            timesGrey = state.status == .grey ? timesGrey + 1 : 0
            switch state.status {
            case .red:
                throw PipelineError(
                    .setup,
                    "Qdrant cannot index the collection \(collection): "
                        + (state.optimizerFault ?? "it does not say why"),
                    remedy: "see the log of Qdrant and its disk, restart it, and try again"
                )
            case .yellow: break
            case .green, .grey:
                let hasSettled = state.status == .green || timesGrey >= 5
                if hasSettled, state.queueLength ?? 0 == 0 { return true }
                if timesGrey == 2, let threshold = state.indexingThreshold { try await setIndexingThreshold(threshold) }
            }
            if let limit, clock.now - began >= limit { return false }
            observe(state.indexingProgress)
            try await clock.sleep(.seconds(1))
        }
    }
}
