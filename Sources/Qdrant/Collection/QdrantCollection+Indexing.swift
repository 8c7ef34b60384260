public import Pipeline

extension QdrantCollection {
    /// From how many kilobytes of vectors on they are indexed; 0 where indexing is off, nil when there is no collection.
    public func indexingThreshold() async throws(PipelineError) -> Int? {
        try await client.state()?.indexingThreshold
    }

    /// Puts off the indexing of vectors, so that their graph is built once.
    public func deferIndexing() async throws(PipelineError) {
        try await client.deferIndexing(of: source, version)
    }

    /// Lets the vectors be indexed that `deferIndexing`, of this run or another, has put off.
    public func restoreIndexing() async throws(PipelineError) {
        guard let state = try await client.state() else { throw QdrantGenerations.missing(client.collection) }
        try await client.restoreIndexing(state, of: source, version)
        // The note goes last: as long as it is there, this can be done again.
        if var stamp = state.stamp(of: source), stamp.indexingThreshold != nil {
            stamp.indexingThreshold = nil
            try await client.store(stamp, of: source)
        }
    }

    /// Waits until the server has indexed what it is to index.
    ///
    /// - Parameter observe: is told each second how far it is.
    /// - Returns: whether it is done; false when it was not after `limit`.
    /// - Throws: `.setup` when the indexing fails.
    public func waitUntilIndexed(
        atMost limit: Duration,
        _ clock: RunClock,
        _ observe: (IndexingProgress) -> Void
    ) async throws(PipelineError) -> Bool {
        try await client.waitUntilIndexed(atMost: limit, clock, observe)
    }
}
