/// The one model a server has, as its listing routes describe it.
struct ModelCard: Sendable {
    /// With its tag.
    let name: String
    let dimension: Int
    let contextLength: Int
    /// Of the model's files.
    let revision: Int

    private static let modified = "2026-01-15T09:30:00Z"

    init(_ configuration: OllamaSandbox.Configuration, revision: Int) {
        name = Self.tagged(configuration.model)
        dimension = configuration.dimension
        contextLength = configuration.contextLength
        self.revision = revision
    }

    /// Whether a request for `name` means this model.
    func answers(to name: String) -> Bool { Self.tagged(name) == self.name }

    private static func tagged(_ name: String) -> String { name.contains(":") ? name : name + ":latest" }

    /// 64 hexadecimal digits that depend on name, dimension and revision alone.
    var digest: String {
        let files = revision == 0 ? "\(name)/\(dimension)" : "\(name)/\(dimension)/revision \(revision)"
        return (0..<4).map { part in
            let digits = String(StableHash.of("\(files)/\(part)".utf8), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    private var architecture: String { name.hasPrefix("nomic") ? "nomic-bert" : "bert" }

    private var details: JSONValue {
        [
            "parent_model": "", "format": "gguf", "family": .string(architecture),
            "families": [.string(architecture)], "parameter_size": "137M", "quantization_level": "F16",
        ]
    }

    /// An element of `/api/tags`.
    var listing: JSONValue {
        [
            "name": .string(name), "model": .string(name), "modified_at": .string(Self.modified), "size": 274_302_450,
            "digest": .string(digest), "details": details, "capabilities": ["embedding"],
        ]
    }

    /// An element of `/api/ps`.
    var process: JSONValue {
        [
            "name": .string(name), "model": .string(name), "size": 568_324_096, "digest": .string(digest),
            "details": details, "expires_at": "2318-01-01T00:00:00Z", "size_vram": 0,
            "context_length": .integer(contextLength),
        ]
    }

    /// The answer of `/api/show`.
    var description: JSONValue {
        var info = JSONObject()
        info["general.architecture"] = .string(architecture)
        info["general.parameter_count"] = 136_727_040
        info["\(architecture).context_length"] = .integer(contextLength)
        info["\(architecture).embedding_length"] = .integer(dimension)
        info["\(architecture).pooling_type"] = 1
        return [
            "parameters": "num_ctx                        8192", "template": "{{ .Prompt }}", "details": details,
            "model_info": .object(info), "capabilities": ["embedding"], "modified_at": .string(Self.modified),
        ]
    }

    /// An element of `/v1/models`.
    var openAIListing: JSONValue {
        ["id": .string(name), "object": "model", "created": 1_768_469_400, "owned_by": "library"]
    }
}
