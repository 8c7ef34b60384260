extension QdrantService {
    /// The routes of collections, aliases and payload indexes; nil for others.
    /// - Parameter fault: what is to be told wrongly.
    func collections(
        _ route: QdrantRoute,
        _ call: HTTPCall,
        _ envelope: Envelope,
        fault: FaultKind?
    ) throws -> HTTPReply? {
        let name = route.collection
        switch route.pattern {
        case "GET /collections":
            return envelope.success(["collections": .array(registry.names.map { ["name": .string($0)] })])
        case "GET /collections/*":
            return envelope.success(
                try registry.find(name).description(fault: fault, tellsQueue: configuration.isAtLeast(1, 17))
            )
        case "GET /collections/*/exists":
            return envelope.success(["exists": .bool((try? registry.find(name)) != nil)])
        case "PUT /collections/*":
            let body = try JSONValue(parsing: call.body)
            let config = try CollectionConfig(
                creating: body,
                storesMetadata: storesMetadata,
                indexingThreshold: configuration.indexingThreshold ?? (configuration.isAtLeast(1, 15) ? 10_000 : 20_000)
            )
            try registry.create(name, config)
            return envelope.success(true)
        case "PATCH /collections/*":
            let body = try JSONValue(parsing: call.body)
            try registry.configure(name) { state in
                try state.configure(indexingAfter: configuration.indexingTime) { config throws(QdrantFailure) in
                    try config.patch(body, storesMetadata: storesMetadata)
                }
            }
            return envelope.success(true)
        case "DELETE /collections/*": return envelope.success(.bool(try registry.remove(name)))
        case "POST /collections/aliases":
            guard let actions = try JSONValue(parsing: call.body)["actions"]?.array else {
                throw QdrantFailure.format("missing field `actions`")
            }
            try registry.changeAliases(actions.map { try AliasAction($0) })
            return envelope.success(true)
        case "GET /aliases": return envelope.success(Self.listing(registry.aliases()))
        case "GET /collections/*/aliases":
            return envelope.success(Self.listing(registry.aliases(of: try registry.find(name).name)))
        case "PUT /collections/*/index":
            try createIndex(on: name, JSONValue(parsing: call.body))
            return envelope.success(Self.updated(call))
        case "DELETE /collections/*/index/*":
            try registry.configure(name) { $0.indexes[route.argument] = nil }
            return envelope.success(Self.updated(call))
        default: return nil
        }
    }

    private var storesMetadata: Bool { configuration.isAtLeast(1, 16) }

    private func createIndex(on name: String, _ body: JSONValue) throws {
        guard let field = body["field_name"]?.string else { throw QdrantFailure.format("missing field `field_name`") }
        var index = JSONObject()
        switch body["field_schema"] {
        case .string(let type): index["data_type"] = .string(type)
        case .object(let params):
            guard let type = params["type"] else { throw QdrantFailure.format("missing field `type`") }
            index["data_type"] = type
            index["params"] = .object(params)
        default: throw QdrantFailure.format("missing field `field_schema`")
        }
        let types = ["keyword", "integer", "float", "bool", "geo", "datetime", "text", "uuid"]
        guard let type = index["data_type"]?.string, types.contains(type) else {
            throw QdrantFailure.format("data did not match any variant of untagged enum PayloadFieldSchema")
        }
        try registry.configure(name) { $0.indexes[field] = .object(index) }
    }

    private static func listing(_ aliases: [(alias: String, collection: String)]) -> JSONValue {
        [
            "aliases": .array(
                aliases.map { ["alias_name": .string($0.alias), "collection_name": .string($0.collection)] }
            )
        ]
    }

    private static func updated(_ call: HTTPCall) -> JSONValue {
        ["operation_id": 0, "status": call.query["wait"] == "true" ? "completed" : "acknowledged"]
    }
}
