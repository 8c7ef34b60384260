internal import Threading

/// A collection that requests work on at the same time.
final class Collection: Sendable {
    let name: String
    let state: Locked<CollectionState>

    init(name: String, state: CollectionState) {
        self.name = name
        self.state = Locked(state)
    }

    /// What `GET /collections/{name}` tells.
    var description: JSONValue {
        state.withLock { state in
            let count = state.points.count
            let kilobytes = count * state.points.dimension * 4 / 1024
            let threshold = state.config.indexingThreshold
            let isIndexed = threshold > 0 && state.config.edges > 0 && kilobytes >= threshold
            var schema = JSONObject()
            for index in state.indexes.members {
                var told = index.value.object ?? JSONObject()
                told["points"] = .integer(count)
                schema[index.key] = .object(told)
            }
            return [
                "status": "green", "optimizer_status": "ok",
                "indexed_vectors_count": .integer(isIndexed ? count : 0), "points_count": .integer(count),
                "segments_count": 1, "config": .object(state.config.json), "payload_schema": .object(schema),
            ]
        }
    }
}
