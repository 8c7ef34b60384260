import CurlHTTP
import Embedding
import Pipeline
import SandboxServers

/// Runs `body` with a client of a sandbox's Ollama.
func withServer(
    _ configuration: OllamaSandbox.Configuration = .init(),
    provider: EmbeddingProvider = .ollama,
    model: String = "nomic-embed-text",
    apiKey: String? = nil,
    _ body: (EmbeddingServer, RunningServer) async throws -> Void
) async throws {
    let http = try HTTPClient(configuration: .init(userAgent: "tests"))
    try await withOllamaSandbox(configuration) { ollama in
        try await body(
            EmbeddingServer(baseURL: ollama.url + "/", provider: provider, model: model, apiKey: apiKey, http: http),
            ollama
        )
    }
    await http.shutDown()
}

func bytes(_ text: String) -> Bytes { Array(text.utf8)[...] }

/// The error that `work` ends with.
func failure(_ work: () async throws(PipelineError) -> Void) async -> PipelineError? {
    do throws(PipelineError) {
        try await work()
        return nil
    } catch {
        return error
    }
}
