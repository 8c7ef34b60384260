internal import Threading

extension QdrantService {
    /// The routes that read points; nil for others.
    func reads(_ route: QdrantRoute, _ call: HTTPCall, _ envelope: Envelope) throws -> HTTPReply? {
        switch route.pattern {
        case "GET /collections/*/points/*": return try point(route, envelope)
        case "POST /collections/*/points": return try retrieve(route, call, envelope)
        case "POST /collections/*/points/scroll": return try scroll(route, call, envelope)
        case "POST /collections/*/points/count": return try count(route, call, envelope)
        case "POST /collections/*/points/query": return try query(route, call, envelope)
        case "POST /collections/*/points/search": return try search(route, call, envelope)
        default: return nil
        }
    }

    private func point(_ route: QdrantRoute, _ envelope: Envelope) throws -> HTTPReply {
        let text = route.argument
        guard let id = UInt64(text).map({ PointID($0) }) ?? PointID(uuid: text) else {
            throw QdrantFailure(status: 400, message: "Wrong input: Can not recognize \"\(text)\" as point id")
        }
        return try registry.find(route.collection).state.withLock { state in
            guard let slot = state.points.slot(of: id) else {
                throw QdrantFailure.notFound("Point with id \(id.text) does not exists!")
            }
            let shape = PointShape(payload: .all, hasVector: true)
            return envelope.success { shape.write(id, slot, of: state.points, to: &$0) }
        }
    }

    private func retrieve(_ route: QdrantRoute, _ call: HTTPCall, _ envelope: Envelope) throws -> HTTPReply {
        let body = try JSONValue(parsing: call.body)
        guard let list = body["ids"]?.array else { throw QdrantFailure.format("missing field `ids`") }
        let ids = try list.map { try PointID($0) }
        let shape = try PointShape(body, payloadDefault: .all)
        return try registry.find(route.collection).state.withLock { state in
            envelope.success { writer in
                writer.list(ids.compactMap { id in state.points.slot(of: id).map { (id, $0) } }) { writer, point in
                    shape.write(point.0, point.1, of: state.points, to: &writer)
                }
            }
        }
    }

    private func scroll(_ route: QdrantRoute, _ call: HTTPCall, _ envelope: Envelope) throws -> HTTPReply {
        let body = try JSONValue(parsing: call.body)
        let limit = try Self.limit(of: body)
        let filter = try Self.filter(of: body)
        let shape = try PointShape(body, payloadDefault: .all)
        guard body["order_by"] == nil || body["order_by"] == .null else {
            throw QdrantFailure.unsupported("order_by")
        }
        let offset = try body["offset"].flatMap { $0 == .null ? nil : $0 }.map { try PointID($0) }
        return try registry.find(route.collection).state.withLock { state in
            var page: [(PointID, Int)] = []
            var next: PointID?
            for id in state.points.sortedIDs(from: offset) where state.matches(filter, id) {
                if page.count == limit {
                    next = id
                    break
                }
                if let slot = state.points.slot(of: id) { page.append((id, slot)) }
            }
            return envelope.success { writer in
                writer.raw("{\"points\":")
                writer.list(page) { shape.write($1.0, $1.1, of: state.points, to: &$0) }
                writer.raw(",\"next_page_offset\":")
                if let next { writer.pointID(next) } else { writer.raw("null") }
                writer.raw("}")
            }
        }
    }

    private func count(_ route: QdrantRoute, _ call: HTTPCall, _ envelope: Envelope) throws -> HTTPReply {
        let filter = try Self.filter(of: try JSONValue(parsing: call.body))
        let count = try registry.find(route.collection).state.withLock { state in
            guard filter != nil else { return state.points.count }
            return state.remembered(countOf: call.body) { state in
                state.points.sortedIDs().reduce(0) { $0 + (state.matches(filter, $1) ? 1 : 0) }
            }
        }
        return envelope.success(["count": .integer(count)])
    }

    /// Absent is `standard`; 0 breaks the rules.
    static func limit(of body: JSONValue, standard: Int = 10) throws(QdrantFailure) -> Int {
        guard let json = body["limit"], json != .null else { return standard }
        guard let limit = json.int, limit >= 0 else { throw .format("invalid value for `limit`, expected usize") }
        guard limit > 0 else { throw .validation("limit: value 0 invalid, must be 1 or larger") }
        return limit
    }

    static func filter(of body: JSONValue) throws(QdrantFailure) -> Filter? {
        guard let json = body["filter"], json != .null else { return nil }
        return try Filter(json)
    }
}

/// What an answer tells of a point.
struct PointShape: Sendable {
    let payload: PayloadSelection
    let hasVector: Bool

    init(payload: PayloadSelection, hasVector: Bool) {
        self.payload = payload
        self.hasVector = hasVector
    }

    init(_ body: JSONValue, payloadDefault: PayloadSelection) throws(QdrantFailure) {
        self.init(
            payload: try PayloadSelection(body["with_payload"], default: payloadDefault),
            hasVector: body["with_vector"]?.bool ?? body["with_vectors"]?.bool ?? false
        )
    }

    /// Appends the point as an object.
    /// - Parameter score: with the version of the point, in answers to queries.
    func write(
        _ id: PointID,
        _ slot: Int,
        of points: PointTable,
        score: Float? = nil,
        to writer: inout JSONWriter
    ) {
        writer.raw("{\"id\":")
        writer.pointID(id)
        if let score {
            writer.raw(",\"version\":")
            writer.integer(points.version(slot))
            writer.raw(",\"score\":")
            writer.float(score)
        }
        payload.write(points.payload(slot), to: &writer)
        if hasVector {
            writer.raw(",\"vector\":")
            points.withVector(slot) { writer.floats($0) }
        }
        writer.raw("}")
    }
}

extension JSONWriter {
    mutating func list<Element>(_ elements: [Element], _ write: (inout JSONWriter, Element) -> Void) {
        raw("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { raw(",") }
            write(&self, element)
        }
        raw("]")
    }
}
