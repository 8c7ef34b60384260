internal import FoundationEssentials
internal import Pipeline
internal import WireJSON

struct OllamaDialect: Dialect {
    let path = "/api/embed"
    /// A text that is too long is to be told, not cut in silence.
    let options: StaticString = ",\"truncate\":false"

    func vectors(in answer: [UInt8], dimension: Int?) throws(VectorFault) -> [Bytes] {
        try VectorScan.embeddings(in: answer, dimension: dimension)
    }

    func describe(
        _ model: String,
        _ connection: ServerConnection
    ) async throws(PipelineError) -> (digest: String?, contextLength: Int?) {
        var body: [UInt8] = []
        body.append(json: "{\"model\":")
        body.append(jsonString: model)
        body.append(json: "}")
        let shown: ShownModel = try connection.decode(try await connection.post("/api/show", body))
        let listed: ModelList = try connection.decode(try await connection.get("/api/tags"))
        // A name without a tag means the tag `latest`.
        let names = [model, model + ":latest"]
        let digest = listed.models.first { names.contains($0.name) }?.digest
        return (digest, shown.contextLength)
    }

    func loadedModels(_ connection: ServerConnection) async throws(PipelineError) -> [String]? {
        let loaded: ModelList = try connection.decode(try await connection.get("/api/ps"))
        return loaded.models.map(\.name)
    }

    /// The part of `/api/show` that matters here. `model_info` mixes values of all kinds.
    private struct ShownModel: Decodable {
        let contextLength: Int?

        enum CodingKeys: String, CodingKey { case info = "model_info" }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            let info = try container.decodeIfPresent([String: Number].self, forKey: .info) ?? [:]
            contextLength = info.first { $0.key.hasSuffix(".context_length") }?.value.value
        }
    }

    /// A number, or anything else as nil.
    private struct Number: Decodable {
        let value: Int?

        init(from decoder: any Decoder) throws {
            value = try? decoder.singleValueContainer().decode(Int.self)
        }
    }

    private struct ModelList: Decodable {
        struct Entry: Decodable {
            let name: String
            let digest: String?
        }
        let models: [Entry]
    }
}
