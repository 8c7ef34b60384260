internal import Threading

extension QdrantService {
    /// The routes that change points; nil for others.
    /// - Parameter isLate: whether the change is to be reported as still under way when its time was up.
    func changes(
        _ route: QdrantRoute,
        _ call: HTTPCall,
        _ envelope: Envelope,
        isLate: Bool
    ) throws -> HTTPReply? {
        let kind: String
        switch route.pattern {
        case "PUT /collections/*/points": kind = "upsert"
        case "POST /collections/*/points/delete": kind = "delete"
        case "POST /collections/*/points/payload": kind = "set_payload"
        case "PUT /collections/*/points/payload": kind = "overwrite_payload"
        case "POST /collections/*/points/payload/delete": kind = "delete_payload"
        case "POST /collections/*/points/payload/clear": kind = "clear_payload"
        case "POST /collections/*/points/batch":
            let operations = try JSONCursor.read(call.body) { try PointOperation.list(&$0) }
            let collection = try registry.find(route.collection)
            let results = try operations.map { try perform($0, on: collection, call, isLate: isLate) }
            return envelope.success(.array(results))
        default: return nil
        }
        let operation = try JSONCursor.read(call.body) { try PointOperation(kind, &$0) }
        let collection = try registry.find(route.collection)
        return envelope.success(try perform(operation, on: collection, call, isLate: isLate))
    }

    private func perform(
        _ operation: PointOperation,
        on collection: Collection,
        _ call: HTTPCall,
        isLate: Bool
    ) throws -> JSONValue {
        let isAwaited = call.query["wait"] == "true"
        let (version, outcome) = collection.state.withLock { state in
            let outcome = state.apply(operation)
            return (state.version, outcome)
        }
        if case .upsert = operation { recorder.upserted(outcome.upserted) }
        // Before 1.19 a write that nobody waits for is not looked at before it is acknowledged.
        if let failure = outcome.failure, isAwaited || configuration.isAtLeast(1, 19) { throw failure }
        let status: JSONValue = isLate ? "wait_timeout" : isAwaited ? "completed" : "acknowledged"
        return ["operation_id": .integer(version), "status": status]
    }
}
