internal import Pipeline
internal import WireJSON

/// The ways in which embedding servers are spoken to.
public enum EmbeddingProvider: String, Sendable, CaseIterable {
    /// Ollama's own `POST /api/embed`.
    case ollama
    /// `POST /v1/embeddings`, as vLLM, TEI, llama.cpp and LM Studio have it.
    case openai
}

/// What differs between the providers when texts are embedded.
protocol Dialect: Sendable {
    /// Of the embedding route.
    var path: String { get }

    /// Appended to the request behind the texts: the same bytes in every request, since an Ollama that is asked with
    /// other options reloads its model.
    var options: StaticString { get }

    /// The vectors of an answer, in the order of the texts.
    func vectors(in answer: [UInt8], dimension: Int?) throws(VectorFault) -> [Bytes]

    /// What the server tells about the model, apart from its dimension.
    func describe(
        _ model: String,
        _ connection: ServerConnection
    ) async throws(PipelineError) -> (digest: String?, contextLength: Int?)
}

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
}
