/// The ways in which embedding servers are spoken to.
public enum EmbeddingProvider: String, Sendable, CaseIterable {
    /// Ollama's own `POST /api/embed`.
    case ollama
    /// `POST /v1/embeddings`, as vLLM, TEI, llama.cpp and LM Studio have it.
    case openai
}
