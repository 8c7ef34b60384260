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
    ///
    /// - Parameters:
    ///   - fault: what is to be told wrongly.
    ///   - tellsQueue: whether this version knows `update_queue`.
    func description(fault: FaultKind?, tellsQueue: Bool) -> JSONValue {
        var status = "green"
        var waiting = 0
        switch fault {
        case .collectionStatus(let told): status = told
        case .updateQueue(let length): waiting = length
        default: break
        }
        return state.withLock { state in
            let indexing = state.indexing()
            if indexing.isUnderWay, status == "green" { status = "yellow" }
            let count = state.points.count
            var schema = JSONObject()
            for index in state.indexes.members {
                var told = index.value.object ?? JSONObject()
                told["points"] = .integer(count)
                schema[index.key] = .object(told)
            }
            var told = JSONObject()
            told["status"] = .string(status)
            told["optimizer_status"] = status == "red" ? ["error": "No space left on device"] : "ok"
            told["indexed_vectors_count"] = .integer(indexing.indexed)
            told["points_count"] = .integer(count)
            told["segments_count"] = 1
            told["config"] = .object(state.config.json)
            told["payload_schema"] = .object(schema)
            if tellsQueue { told["update_queue"] = ["length": .integer(waiting)] }
            return .object(told)
        }
    }
}
