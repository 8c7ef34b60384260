internal import CurlHTTP
public import Pipeline

extension QdrantGenerations {
    /// Makes the generation `number`: empty, with its payload indexes, and with the indexing of vectors put off, so that
    /// the graph is built once. One that an earlier attempt has begun is gone on with.
    ///
    /// - Parameter storage: how it keeps its vectors, where it is new.
    /// - Returns: the name of its collection.
    /// - Throws: `.setup` when there is such a generation that is not this one.
    public func create(
        _ number: Int,
        for identity: VectorIdentity,
        _ storage: VectorStorage = VectorStorage(),
        payloadIndexes: [PayloadIndex]
    ) async throws(PipelineError) -> CollectionName {
        let name = client.configured.generation(number)
        guard name.description.utf8.count <= 255 else {
            throw PipelineError(
                .setup,
                "'\(name)' is too long for the name of a collection",
                remedy: "use a shorter name in QDRANT_COLLECTION"
            )
        }
        let target = client.aimed(at: name)
        if let state = try await target.state() {
            try await checkBegun(state, name, number, identity)
        } else {
            let stamp = CollectionStamp(embedder: try .init(identity), building: true)
            let body = QdrantCollection.creation(
                dimension: identity.dimension,
                storage,
                stamp: hasMetadata ? try stamp.change(source: source) : nil
            )
            _ = try await target.send(.put, "", body)
        }
        try await QdrantCollection(
            client: target,
            source: source,
            identity: identity,
            version: version,
            payloadIndexes: payloadIndexes
        ).makeIndexes()
        try await target.deferIndexing(of: source, version)
        return name
    }

    /// Has the generation indexed, and waits until that is done. From here on it counts as complete.
    ///
    /// - Parameter observe: is told each second how far it is.
    /// - Throws: `.setup` when the indexing fails, or there is no such generation of ours.
    public func finishIndexing(
        _ name: CollectionName,
        _ observe: (IndexingProgress) -> Void = { _ in }
    ) async throws(PipelineError) {
        let target = try generation(name)
        guard let state = try await target.state() else { throw Self.missing(name) }
        let stamp = try stamp(in: state, name)
        try await target.restoreIndexing(state, of: source, version)
        if var stamp, stamp.building == true {
            stamp.building = false
            stamp.indexingThreshold = nil
            stamp.builtAt = timestamp()
            try await target.store(stamp, of: source)
        }
        _ = try await target.waitUntilIndexed(atMost: nil, clock, observe)
    }

    /// - Throws: `.setup` when what is there under the name is not the same generation, begun and not complete.
    private func checkBegun(
        _ state: CollectionState,
        _ name: CollectionName,
        _ number: Int,
        _ identity: VectorIdentity
    ) async throws(PipelineError) {
        let stamp = try stamp(in: state, name)
        let refusal = CollectionRefusal(collection: name)
        try refusal.check(state.config.params.vectors, dimension: identity.dimension)
        try refusal.check(
            stamp?.embedder.identity,
            mixesWith: identity,
            remedy: "go back to that model and those options, or drop this generation"
        )
        let isBuilding: Bool
        if let stamp {
            isBuilding = stamp.building == true
        } else {
            isBuilding = try await number > liveNumber() ?? 0
        }
        guard isBuilding else {
            throw PipelineError(
                .setup,
                "the generation \(name) is there already, and complete",
                remedy: "build one with a higher number"
            )
        }
    }
}
