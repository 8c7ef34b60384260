internal import CurlHTTP
internal import Pipeline

/// From how many kilobytes of vectors on a collection's segments are indexed; 0 puts indexing off.
extension QdrantClient {
    /// Puts off the indexing. The threshold is noted before it is changed, in the stamp where there is one, and else in the
    /// number that takes its place: whatever happens in between, it can be put back.
    func deferIndexing(of source: String, _ version: QdrantVersion) async throws(PipelineError) {
        guard let state = try await state() else { throw QdrantGenerations.missing(collection) }
        let present = state.indexingThreshold ?? version.usualIndexingThreshold
        let former = UnreachableThreshold.remembered(by: present) ?? present
        guard var stamp = state.stamp(of: source) else {
            if present == former, present > 0 {
                try await setIndexingThreshold(UnreachableThreshold.remembering(former))
            }
            return
        }
        // A note that stands although indexing is on is of a run that was killed right before it would have removed it.
        if stamp.indexingThreshold == nil || present != 0 {
            stamp.indexingThreshold = former
            try await store(stamp, of: source)
        }
        if present != 0 { try await setIndexingThreshold(0) }
    }

    /// Puts back the threshold, unless somebody has meanwhile.
    func restoreIndexing(
        _ state: CollectionState,
        of source: String,
        _ version: QdrantVersion
    ) async throws(PipelineError) {
        let present = state.indexingThreshold.flatMap { $0 > 0 ? $0 : nil }
        let former = state.deferredThreshold(of: source) ?? present ?? version.usualIndexingThreshold
        // Sent even where it changes nothing: a change wakes a server that has put indexing off since it was started.
        try await setIndexingThreshold(former)
    }

    func setIndexingThreshold(_ threshold: Int) async throws(PipelineError) {
        _ = try await send(
            .patch,
            "",
            Array("{\"optimizers_config\":{\"indexing_threshold\":\(threshold)}}".utf8)
        )
    }
}

extension QdrantVersion {
    /// Kilobytes of vectors that a server leaves without an index unless it is told otherwise.
    public var usualIndexingThreshold: Int {
        self < QdrantVersion(major: 1, minor: 15) ? 20_000 : 10_000
    }
}
