/// How a collection is set up, as it was created and patched and as it is told.
struct CollectionConfig: Sendable, Equatable {
    struct Vector: Sendable, Equatable {
        let size: Int
        let format: VectorFormat

        var distance: Distance { format.distance }
    }

    /// nil when the collection's vectors have names: such a collection can be made and looked at, and takes no points.
    private(set) var vector: Vector?
    private(set) var json: JSONObject

    /// Reads what `PUT /collections/{name}` takes.
    /// - Parameters:
    ///   - storesMetadata: whether this version knows `metadata`.
    ///   - indexingThreshold: which this version has unless it is told otherwise.
    init(
        creating body: JSONValue,
        storesMetadata: Bool,
        indexingThreshold: Int
    ) throws(QdrantFailure) {
        guard let body = body.object else { throw .format("invalid type: expected struct CreateCollection") }
        vector = try Self.vector(of: body["vectors"])
        var params = JSONObject()
        params["vectors"] = body["vectors"] ?? [:]
        params["shard_number"] = body["shard_number"] ?? 1
        params["replication_factor"] = body["replication_factor"] ?? 1
        params["write_consistency_factor"] = body["write_consistency_factor"] ?? 1
        params["on_disk_payload"] = body["on_disk_payload"] ?? true
        params["sparse_vectors"] = body["sparse_vectors"]
        json = JSONObject()
        json["params"] = .object(params)
        json["hnsw_config"] = [
            "m": 16, "ef_construct": 100, "full_scan_threshold": 10_000, "max_indexing_threads": 0, "on_disk": false,
        ]
        json["optimizer_config"] = [
            "deleted_threshold": .number("0.2"), "vacuum_min_vector_number": 1000, "default_segment_number": 0,
            "max_segment_size": .null, "memmap_threshold": .null, "indexing_threshold": .integer(indexingThreshold),
            "flush_interval_sec": 5, "max_optimization_threads": .null,
        ]
        json["wal_config"] = ["wal_capacity_mb": 32, "wal_segments_ahead": 0]
        json["quantization_config"] = .null
        try merge(body, storesMetadata: storesMetadata)
    }

    /// Restores what `json` was.
    init(stored json: JSONObject) throws(QdrantFailure) {
        self.json = json
        vector = try Self.vector(of: json["params"]?["vectors"])
    }

    /// Reads what `PATCH /collections/{name}` takes.
    mutating func patch(_ body: JSONValue, storesMetadata: Bool) throws(QdrantFailure) {
        guard let body = body.object else { throw .format("invalid type: expected struct UpdateCollection") }
        var params = json["params"]?.object ?? JSONObject()
        for change in body["vectors"]?.object?.members ?? [] {
            guard change.key.isEmpty, vector != nil, var vectors = params["vectors"]?.object else {
                throw .noVector(named: change.key)
            }
            vectors.merge(change.value.object ?? JSONObject(), removingNulls: false)
            params["vectors"] = .object(vectors)
        }
        params.merge(body["params"]?.object ?? JSONObject(), removingNulls: false)
        json["params"] = .object(params)
        try merge(body, storesMetadata: storesMetadata)
    }

    /// The most kilobytes of vectors that go without an index; 0 when there is never to be one.
    var indexingThreshold: Int { json["optimizer_config"]?["indexing_threshold"]?.int ?? 0 }

    /// Edges of a node of the index; 0 for no index.
    var edges: Int { json["hnsw_config"]?["m"]?.int ?? 0 }

    /// What decides the index.
    var indexing: [JSONValue?] { [json["optimizer_config"], json["hnsw_config"], json["params"]] }

    /// Takes over the parts that creating and patching have in common.
    private mutating func merge(_ body: JSONObject, storesMetadata: Bool) throws(QdrantFailure) {
        for (part, source) in [
            ("hnsw_config", "hnsw_config"), ("optimizer_config", "optimizers_config"), ("wal_config", "wal_config"),
            ("strict_mode_config", "strict_mode_config"),
        ] {
            guard let changes = body[source]?.object else { continue }
            var merged = json[part]?.object ?? JSONObject()
            merged.merge(changes, removingNulls: false)
            json[part] = .object(merged)
        }
        if let quantization = body["quantization_config"], quantization != .null {
            json["quantization_config"] = quantization == "Disabled" ? .null : quantization
        }
        if storesMetadata, let changes = body["metadata"]?.object {
            var metadata = json["metadata"]?.object ?? JSONObject()
            metadata.merge(changes, removingNulls: true)
            json["metadata"] = metadata.members.isEmpty ? nil : .object(metadata)
        }
        if let construct = json["hnsw_config"]?["ef_construct"]?.int, construct < 4 {
            throw .validation("hnsw_config.ef_construct: value \(construct) invalid, must be 4 or larger")
        }
    }

    /// The vector of `{"size": ..., "distance": ...}`; nil for a map of named vectors.
    private static func vector(of json: JSONValue?) throws(QdrantFailure) -> Vector? {
        guard let json, json != .null, json["size"] != nil || json["distance"] != nil else { return nil }
        guard let size = json["size"]?.int else { throw .format("missing field `size`") }
        guard 1...65_536 ~= size else {
            throw .validation("vectors.size: value \(size) invalid, must be from 1 to 65536")
        }
        guard let name = json["distance"]?.string else { throw .format("missing field `distance`") }
        guard let distance = Distance(rawValue: name) else {
            throw .format("unknown variant `\(name)`, expected one of `Cosine`, `Euclid`, `Dot`, `Manhattan`")
        }
        let datatype = json["datatype"]?.string ?? VectorFormat.Datatype.float32.rawValue
        guard let datatype = VectorFormat.Datatype(rawValue: datatype) else {
            throw .format("unknown variant `\(datatype)`, expected one of `float32`, `uint8`, `float16`")
        }
        return Vector(size: size, format: VectorFormat(distance: distance, datatype: datatype))
    }
}
