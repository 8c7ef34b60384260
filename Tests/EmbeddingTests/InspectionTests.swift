import CurlHTTP
import Embedding
import Pipeline
import SandboxServers
import Testing

@Suite("An embedding server is asked")
struct InspectionTests {
    @Test func `for its model's digest, dimension and context length`() async throws {
        try await withServer(.init(dimension: 384, contextLength: 512)) { server, _ in
            let model = try await server.inspect().model
            #expect(model.name == "nomic-embed-text")
            #expect(model.dimension == 384)
            #expect(model.contextLength == 512)
            #expect(model.digest?.count == 64)
        }
    }

    @Test(arguments: EmbeddingProvider.allCases)
    func `for the canaries' vectors, in one request and without a prefix`(_ provider: EmbeddingProvider) async throws {
        try await withServer(.init(dimension: 96), provider: provider) { server, ollama in
            let inspection = try await server.inspect()
            #expect(inspection.duration > .zero)
            #expect(ollama.stats().embedRequests == 1)
            #expect(inspection.canaries.count == Canaries.texts.count)
            let embedder = server.embedder(for: inspection.model, prefix: "")
            for (text, canary) in zip(Canaries.texts, inspection.canaries) {
                #expect(ollama.embeds(of: text) == 1)
                let vectors = try await embedder.embed([bytes(text)])
                #expect(canary.json == vectors[0].json)
            }
        }
    }

    @Test func `in the OpenAI dialect for nothing but embeddings`() async throws {
        try await withServer(.init(dimension: 96), provider: .openai) { server, _ in
            let found = try await server.inspect().model
            #expect(found == EmbeddingModel(name: "nomic-embed-text", dimension: 96))
        }
    }

    @Test func `and a missing model is told with the line that mends it`() async throws {
        try await withServer(model: "mxbai-embed-large") { server, _ in
            let error = await failure { () async throws(PipelineError) in _ = try await server.inspect() }
            #expect(error?.kind == .setup)
            #expect(error?.remedy?.contains("ollama pull mxbai-embed-large") == true)
        }
    }

    @Test func `with its key, without which it is refused`() async throws {
        try await withServer(.init(apiKey: "k3y"), apiKey: "k3y") { server, _ in _ = try await server.inspect() }
        try await withServer(.init(apiKey: "k3y"), apiKey: "wrong") { server, _ in
            let error = await failure { () async throws(PipelineError) in _ = try await server.inspect() }
            #expect(error?.kind == .setup)
            #expect(error?.description.contains("wrong") == false)
        }
    }

    @Test func `under a name without credentials`() throws {
        let http = try HTTPClient(configuration: .init(userAgent: "tests"))
        let server = EmbeddingServer(
            baseURL: "http://user:pa@ss@host:11434/",
            provider: .ollama,
            model: "m",
            http: http
        )
        #expect(server.name == "host:11434")
    }

    @Test(arguments: [FaultKind.wrongDimension(3), .nan, .nullComponent, .zeroVector])
    func `and is no server for embeddings when even a canary gets none that can be used`(
        _ fault: FaultKind
    ) async throws {
        try await withServer { server, ollama in
            ollama.faults.set(.init(.embed, match: Canaries.texts[1], fault))
            let error = await failure { () async throws(PipelineError) in _ = try await server.inspect() }
            #expect(error?.kind == .setup)
            #expect(error?.remedy?.contains("nomic-embed-text") == true)
        }
    }

    @Test func `and asked again later when it cannot answer for now`() async throws {
        try await withServer { server, ollama in
            ollama.faults.set(.init(.embed, .status(503), when: .first(1)))
            let error = await failure { () async throws(PipelineError) in _ = try await server.inspect() }
            #expect(error?.isRetryable == true)
            let inspection = try await server.inspect()
            #expect(inspection.model.dimension == 768)
        }
    }
}
