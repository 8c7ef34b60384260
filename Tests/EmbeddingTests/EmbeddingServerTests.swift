import CurlHTTP
import Embedding
import Pipeline
import SandboxServers
import TestSupport
import Testing

/// Runs `body` with a client of a sandbox's Ollama.
private func withServer(
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

private func bytes(_ text: String) -> Bytes { Array(text.utf8)[...] }

/// The error that `work` ends with.
private func failure(_ work: () async throws(PipelineError) -> Void) async -> PipelineError? {
    do throws(PipelineError) {
        try await work()
        return nil
    } catch {
        return error
    }
}

@Suite("An embedding server is asked")
struct InspectionTests {
    @Test func `for its model's digest, dimension and context length`() async throws {
        try await withServer(.init(dimension: 384, contextLength: 512)) { server, _ in
            let model = try await server.inspect()
            #expect(model.name == "nomic-embed-text")
            #expect(model.dimension == 384)
            #expect(model.contextLength == 512)
            #expect(model.digest?.count == 64)
        }
    }

    @Test func `in the OpenAI dialect for one embedding`() async throws {
        try await withServer(.init(dimension: 96), provider: .openai) { server, _ in
            let found = try await server.inspect()
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
}

@Suite("An embedding")
struct EmbeddingTests {
    @Test(arguments: EmbeddingProvider.allCases)
    func `is what the engine is promised`(_ provider: EmbeddingProvider) async throws {
        try await withServer(provider: provider) { server, _ in
            let model = try await server.inspect()
            try await EmbedderContract(server.embedder(for: model, prefix: ""), dimension: model.dimension).check()
        }
    }

    @Test(arguments: EmbeddingProvider.allCases)
    func `is its own text's, in the order of the texts`(_ provider: EmbeddingProvider) async throws {
        try await withServer(provider: provider) { server, _ in
            let embedder = server.embedder(for: try await server.inspect(), prefix: "")
            let texts = (0..<20).map { "text number \($0) \"quoted\" \\ \n tab\t 👍" }
            let together = try await embedder.embed(texts.map(bytes))
            #expect(together.count == 20)
            for (text, vector) in zip(texts, together) {
                let found = try await embedder.embed([bytes(text)])
                #expect(found[0].json == vector.json)
            }
        }
    }

    @Test func `is made of the prefix and the text, with the same options each time`() async throws {
        try await withServer { server, ollama in
            let embedder = server.embedder(for: try await server.inspect(), prefix: "search_document: ")
            _ = try await embedder.embed([bytes("one"), bytes("two")])
            #expect(ollama.embeds(of: "search_document: one") == 1)
            #expect(ollama.embeds(of: "search_document: two") == 1)
        }
    }

    @Test(arguments: [1, -1, 5])
    func `is never matched up by position when there are more or fewer than texts`(_ surplus: Int) async throws {
        for provider in EmbeddingProvider.allCases {
            try await withServer(provider: provider) { server, ollama in
                let embedder = server.embedder(for: try await server.inspect(), prefix: "")
                ollama.faults.set(.init(.embed, .wrongCount(surplus)))
                let error = await failure { () async throws(PipelineError) in
                    _ = try await embedder.embed([bytes("a"), bytes("b"), bytes("c")])
                }
                #expect(error?.isRetryable == true)
            }
        }
    }

    @Test(arguments: [FaultKind.wrongDimension(3), .nan, .nullComponent, .zeroVector])
    func `that cannot be used is its text's fault`(_ fault: FaultKind) async throws {
        try await withServer { server, ollama in
            let embedder = server.embedder(for: try await server.inspect(), prefix: "")
            ollama.faults.set(.init(.embed, match: "poison", fault))
            let error = await failure { () async throws(PipelineError) in
                _ = try await embedder.embed([bytes("good"), bytes("poison")])
            }
            #expect(error?.rowFault == .unembeddable, "\(String(describing: error))")
            let found = try await embedder.embed([bytes("good")])
            #expect(found.count == 1)
        }
    }

    @Test func `of a text that is too long is not made of a part of it`() async throws {
        try await withServer(.init(contextLength: 16)) { server, _ in
            let embedder = server.embedder(for: try await server.inspect(), prefix: "")
            let error = await failure { () async throws(PipelineError) in
                _ = try await embedder.embed([bytes(String(repeating: "word ", count: 100))])
            }
            #expect(error?.rowFault == .overlong)
        }
    }

    @Test(arguments: [408, 429, 499, 500, 502, 503, 504])
    func `is asked for again when the server cannot answer for now`(_ status: Int) async throws {
        try await withServer { server, ollama in
            let embedder = server.embedder(for: try await server.inspect(), prefix: "")
            ollama.faults.set(.init(.embed, .status(status, headers: ["Retry-After": "7"]), when: .first(1)))
            let error = await failure { () async throws(PipelineError) in _ = try await embedder.embed([bytes("a")]) }
            #expect(error?.kind == .server(retryAfter: .seconds(7)))
            let found = try await embedder.embed([bytes("a")])
            #expect(found.count == 1)
        }
    }

    @Test(arguments: [FaultKind.reset, .cutBody])
    func `is asked for again when the connection breaks`(_ fault: FaultKind) async throws {
        try await withServer { server, ollama in
            let embedder = server.embedder(for: try await server.inspect(), prefix: "")
            ollama.faults.set(.init(.embed, fault, when: .first(8)))
            let error = await failure { () async throws(PipelineError) in _ = try await embedder.embed([bytes("a")]) }
            #expect(error?.isRetryable == true)
        }
    }

    @Test func `is asked for again when the runner behind the server died, whatever the status says`() async throws {
        try await withServer { server, ollama in
            let embedder = server.embedder(for: try await server.inspect(), prefix: "")
            let body = #"{"error":"do embedding request: Post \"http://127.0.0.1:1/embedding\": EOF"}"#
            ollama.faults.set(.init(.embed, .status(400, body: body), when: .first(1)))
            let error = await failure { () async throws(PipelineError) in _ = try await embedder.embed([bytes("a")]) }
            #expect(error?.isRetryable == true)
        }
    }

    @Test func `ends with its task`() async throws {
        try await withServer { server, ollama in
            let embedder = server.embedder(for: try await server.inspect(), prefix: "")
            ollama.faults.set(.init(.embed, .latency(.seconds(30))))
            let error = await withTaskGroup(of: PipelineError?.self) { group in
                group.addTask {
                    await failure { () async throws(PipelineError) in _ = try await embedder.embed([bytes("a")]) }
                }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(error?.kind == .cancelled)
        }
    }
}

@Suite("An embedder's identity")
struct IdentityTests {
    private let model = EmbeddingModel(name: "m", digest: "d", dimension: 3, contextLength: 10)

    @Test func `differs whenever something differs that decides about vectors`() {
        let base = model.fingerprint(prefix: "", overlong: "truncate")
        #expect(base.count == 16)
        #expect(base == model.fingerprint(prefix: "", overlong: "truncate"))
        var others = [model, model, model, model]
        others[0].name = "n"
        others[1].digest = "e"
        others[2].dimension = 4
        others[3].contextLength = nil
        let all =
            others.map { $0.fingerprint(prefix: "", overlong: "truncate") } + [
                base, model.fingerprint(prefix: "p", overlong: "truncate"),
                model.fingerprint(prefix: "", overlong: "reject"),
            ]
        #expect(Set(all).count == all.count)
    }

    @Test func `has the prefixes that the model's makers prescribe, or none are guessed`() throws {
        let nomic = try TextPrefix.prescribed(for: "nomic-embed-text:v1.5")
        #expect(nomic.document == "search_document: ")
        #expect(nomic.query == "search_query: ")
        #expect(throws: PipelineError.self) { try TextPrefix.prescribed(for: "unheard-of") }
    }
}
