import CurlHTTP
import Embedding
import Pipeline
import SandboxServers
import TestSupport
import Testing

/// Answers that are larger than embeddings can be, or that never end.
@Suite("An answer without measure", .timeLimit(.minutes(5)))
struct OversizeAnswerTests {
    /// A model that was inspected while all was well, and the server, which then misbehaves.
    private func withEmbedder(
        _ fault: FaultKind,
        _ body: (any Embedder) async throws -> Void
    ) async throws {
        let http = try HTTPClient(configuration: .init(userAgent: "tests"))
        try await withOllamaSandbox { ollama in
            let server = EmbeddingServer(
                baseURL: ollama.url,
                provider: .ollama,
                model: "nomic-embed-text",
                http: http
            )
            let model = try await server.inspect().model
            ollama.faults.set(FaultRule(.embed, fault))
            try await body(server.embedder(for: model, prefix: ""))
        }
        await http.shutDown()
    }

    @Test(arguments: [FaultKind.hugeBody(1 << 30), .endlessBody(chunkBytes: 1 << 16, delay: .zero)])
    func `is refused as soon as it is larger than the embeddings can be`(_ fault: FaultKind) async throws {
        try await withEmbedder(fault) { embedder in
            let error = await failure { () async throws(PipelineError) in _ = try await embedder.embed([bytes("a")]) }
            #expect(error?.isRetryable == true)
            #expect(error?.message.contains("larger than \((1 << 20) + 64 * 768) bytes") == true, "\(error as Any)")
        }
    }

    @Test func `is taken while the embeddings may be as large`() async throws {
        try await withEmbedder(.hugeBody(1 << 20)) { embedder in
            let vectors = try await embedder.embed([bytes("a")])
            #expect(vectors.count == 1)
        }
    }

    @Test func `that drips for ever is given up when its time is over`() async throws {
        try await withEmbedder(.endlessBody(chunkBytes: 1, delay: .milliseconds(20))) { embedder in
            let error = await failure { () async throws(PipelineError) in
                _ = try await embedder.embed([bytes("a")], within: .seconds(2))
            }
            #expect(error?.isRetryable == true, "\(error as Any)")
        }
    }

    @Test func `is refused at the start too, when nothing is known of the model`() async throws {
        try await withServer { server, ollama in
            ollama.faults.set(FaultRule(.embed, .endlessBody(chunkBytes: 1 << 16, delay: .zero)))
            let error = await failure { () async throws(PipelineError) in _ = try await server.inspect() }
            #expect(error?.message.contains("larger than") == true, "\(error as Any)")
        }
    }
}
