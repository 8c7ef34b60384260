internal import Pipeline
internal import WireJSON

struct OpenAIDialect: Dialect {
    let path = "/v1/embeddings"
    let options: StaticString = ",\"encoding_format\":\"float\""

    func vectors(in answer: [UInt8], dimension: Int?) throws(VectorFault) -> [Bytes] {
        try VectorScan.numberedEmbeddings(in: answer, dimension: dimension)
    }

    /// The dialect has no word for either.
    func describe(
        _ model: String,
        _ connection: ServerConnection
    ) async throws(PipelineError) -> (digest: String?, contextLength: Int?) {
        (nil, nil)
    }

    func loadedModels(_ connection: ServerConnection) async throws(PipelineError) -> [String]? { nil }
}
