internal import CurlHTTP
public import Pipeline

extension QdrantGenerations {
    /// Makes the generation `number`: empty, with its payload indexes, and with the indexing of vectors put off, so that
    /// the graph is built once. One that an earlier attempt has begun is gone on with.
    ///
    /// - Returns: the name of its collection.
    /// - Throws: `.setup` when there is such a generation that is not this one.
    public func create(
        _ number: Int,
        for identity: VectorIdentity,
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
        try await deferIndexing(target)
        return name
    }

    /// Has the generation indexed, and waits until that is done. From here on it counts as complete.
    ///
    /// - Throws: `.setup` when the indexing fails, or there is no such generation of ours.
    public func finishIndexing(_ name: CollectionName) async throws(PipelineError) {
        let target = try generation(name)
        guard let state = try await target.state() else { throw Self.missing(name) }
        let stamp = try stamp(in: state, name)
        let usual = state.indexingThreshold.flatMap { $0 > 0 ? $0 : nil } ?? version.usualIndexingThreshold
        // Sent even where it changes nothing: a change wakes a server that has put indexing off since it was started.
        try await setIndexingThreshold(stamp?.indexingThreshold ?? usual, of: target)
        if var stamp, stamp.building == true {
            stamp.building = false
            stamp.builtAt = timestamp()
            try await target.store(stamp, of: source)
        }
        try await waitUntilIndexed(target)
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

    /// The threshold is noted before it is changed: whatever happens in between, it can be put back.
    private func deferIndexing(_ target: QdrantClient) async throws(PipelineError) {
        guard let state = try await target.state() else { throw Self.missing(target.collection) }
        if var stamp = state.stamp(of: source), stamp.indexingThreshold == nil {
            stamp.indexingThreshold = state.indexingThreshold ?? version.usualIndexingThreshold
            try await target.store(stamp, of: source)
        }
        if state.indexingThreshold != 0 { try await setIndexingThreshold(0, of: target) }
    }

    private func setIndexingThreshold(_ threshold: Int, of target: QdrantClient) async throws(PipelineError) {
        _ = try await target.send(
            .patch,
            "",
            Array("{\"optimizers_config\":{\"indexing_threshold\":\(threshold)}}".utf8)
        )
    }

    /// Grey is what a server says that has not begun yet as well as one that never will; one that stays grey counts as
    /// done, since its vectors are there and searched without an index.
    private func waitUntilIndexed(_ target: QdrantClient) async throws(PipelineError) {
        var timesGrey = 0
        while true {
            guard let state = try await target.state() else { throw Self.missing(target.collection) }
            timesGrey = state.status == .grey ? timesGrey + 1 : 0
            switch state.status {
            case .red:
                throw PipelineError(
                    .setup,
                    "Qdrant cannot index the collection \(target.collection): "
                        + (state.optimizerFault ?? "it does not say why"),
                    remedy: "see the log of Qdrant and its disk, restart it, and try again"
                )
            case .yellow: break
            case .green, .grey:
                let hasSettled = state.status == .green || timesGrey >= 5
                if hasSettled, state.queueLength ?? 0 == 0 { return }
            }
            try await clock.sleep(.seconds(1))
        }
    }
}

extension QdrantVersion {
    /// Kilobytes of vectors that a server leaves without an index unless it is told otherwise.
    fileprivate var usualIndexingThreshold: Int {
        self < QdrantVersion(major: 1, minor: 15) ? 20_000 : 10_000
    }
}
