internal import Threading

/// A search for the points nearest to a vector.
private struct NearestQuery {
    var vector: [Float]
    /// The point that the vector is of, which is not its own neighbour.
    var excluded: PointID?
    let filter: Filter?
    let limit: Int
    let offset: Int
    let threshold: Float?

    init(_ body: JSONValue, vector: [Float]) throws(QdrantFailure) {
        self.vector = vector
        filter = try QdrantService.filter(of: body)
        limit = try QdrantService.limit(of: body)
        offset = body["offset"]?.int ?? 0
        threshold = body["score_threshold"]?.double.map { Float($0) }
    }

    /// The nearest points, best first.
    func run(on state: inout CollectionState) throws(QdrantFailure) -> [(id: PointID, slot: Int, score: Float)] {
        guard let kind = state.config.vector else { throw .noVector(named: "") }
        guard vector.count == kind.size else { throw .dimension(expected: kind.size, got: vector.count) }
        var prepared = vector
        prepared.withUnsafeMutableBufferPointer { kind.distance.prepare($0) }
        let sign: Float = kind.distance.prefersLarger ? 1 : -1
        let wanted = limit + offset
        var best: [(id: PointID, slot: Int, score: Float)] = []
        for id in state.points.sortedIDs() where id != excluded && state.matches(filter, id) {
            guard let slot = state.points.slot(of: id) else { continue }
            let score = state.points.withVector(slot) { stored in
                prepared.withUnsafeBufferPointer { kind.distance.score($0, stored) }
            }
            if let threshold, score * sign < threshold * sign { continue }
            if best.count == wanted, let last = best.last, score * sign <= last.score * sign { continue }
            // Equal scores keep the order of the ids.
            let place = best.firstIndex { score * sign > $0.score * sign } ?? best.count
            best.insert((id, slot, score), at: place)
            if best.count > wanted { best.removeLast() }
        }
        return Array(best.dropFirst(offset))
    }
}

extension QdrantService {
    /// `POST /points/query` with a vector, an id, or `{"nearest": ...}` of either.
    func query(_ route: QdrantRoute, _ call: HTTPCall, _ envelope: Envelope) throws -> HTTPReply {
        let body = try JSONValue(parsing: call.body)
        guard let given = body["query"], given != .null else { throw QdrantFailure.unsupported("a query of nothing") }
        let target = given["nearest"] ?? given
        if case .object = target { throw QdrantFailure.unsupported("this kind of query") }
        return try nearest(target, body, route) { hits in
            envelope.success { writer in
                writer.raw("{\"points\":")
                hits(&writer)
                writer.raw("}")
            }
        }
    }

    /// `POST /points/search`, the older form.
    func search(_ route: QdrantRoute, _ call: HTTPCall, _ envelope: Envelope) throws -> HTTPReply {
        let body = try JSONValue(parsing: call.body)
        guard let vector = body["vector"], vector.array != nil else {
            throw QdrantFailure.format("missing field `vector`")
        }
        return try nearest(vector, body, route) { hits in envelope.success { hits(&$0) } }
    }

    private func nearest(
        _ target: JSONValue,
        _ body: JSONValue,
        _ route: QdrantRoute,
        _ reply: ((inout JSONWriter) -> Void) -> HTTPReply
    ) throws -> HTTPReply {
        var query = try NearestQuery(body, vector: try Self.vector(target))
        let shape = try PointShape(body, payloadDefault: .none)
        let example = target.array == nil ? try PointID(target) : nil
        return try registry.find(route.collection).state.withLock { state in
            if let example {
                guard let slot = state.points.slot(of: example) else {
                    throw QdrantFailure.notFound("No point with id \(example.text) found")
                }
                query.vector = state.points.withVector(slot) { Array($0) }
                query.excluded = example
            }
            let hits = try query.run(on: &state)
            return reply { writer in
                writer.list(hits) { shape.write($1.id, $1.slot, of: state.points, score: $1.score, to: &$0) }
            }
        }
    }

    private static func vector(_ json: JSONValue) throws(QdrantFailure) -> [Float] {
        var vector: [Float] = []
        for component in json.array ?? [] {
            guard let number = component.double else {
                throw .format("data did not match any variant of untagged enum VectorInput")
            }
            vector.append(Float(number))
        }
        return vector
    }
}
