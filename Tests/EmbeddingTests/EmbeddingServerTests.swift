import CurlHTTP
import Embedding
import Pipeline
import SandboxServers
import TestSupport
import Testing

@Suite("An embedding")
struct EmbeddingTests {
    @Test(arguments: EmbeddingProvider.allCases)
    func `is what the engine is promised`(_ provider: EmbeddingProvider) async throws {
        try await withServer(provider: provider) { server, _ in
            let model = try await server.inspect().model
            try await EmbedderContract(server.embedder(for: model, prefix: ""), dimension: model.dimension).check()
        }
    }

    @Test(arguments: EmbeddingProvider.allCases)
    func `is its own text's, in the order of the texts`(_ provider: EmbeddingProvider) async throws {
        try await withServer(provider: provider) { server, _ in
            let embedder = server.embedder(for: try await server.inspect().model, prefix: "")
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
            let embedder = server.embedder(for: try await server.inspect().model, prefix: "search_document: ")
            _ = try await embedder.embed([bytes("one"), bytes("two")])
            #expect(ollama.embeds(of: "search_document: one") == 1)
            #expect(ollama.embeds(of: "search_document: two") == 1)
        }
    }

    @Test(arguments: [1, -1, 5])
    func `is never matched up by position when there are more or fewer than texts`(_ surplus: Int) async throws {
        for provider in EmbeddingProvider.allCases {
            try await withServer(provider: provider) { server, ollama in
                let embedder = server.embedder(for: try await server.inspect().model, prefix: "")
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
            let embedder = server.embedder(for: try await server.inspect().model, prefix: "")
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
        try await withServer(.init(contextLength: 64)) { server, _ in
            let embedder = server.embedder(for: try await server.inspect().model, prefix: "")
            let error = await failure { () async throws(PipelineError) in
                _ = try await embedder.embed([bytes(String(repeating: "word ", count: 100))])
            }
            #expect(error?.rowFault == .overlong)
        }
    }

    @Test(arguments: [408, 429, 499, 500, 502, 503, 504])
    func `is asked for again when the server cannot answer for now`(_ status: Int) async throws {
        try await withServer { server, ollama in
            let embedder = server.embedder(for: try await server.inspect().model, prefix: "")
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
            let embedder = server.embedder(for: try await server.inspect().model, prefix: "")
            ollama.faults.set(.init(.embed, fault, when: .first(8)))
            let error = await failure { () async throws(PipelineError) in _ = try await embedder.embed([bytes("a")]) }
            #expect(error?.isRetryable == true)
        }
    }

    @Test func `is asked for again when the runner behind the server died, whatever the status says`() async throws {
        try await withServer { server, ollama in
            let embedder = server.embedder(for: try await server.inspect().model, prefix: "")
            let body = #"{"error":"do embedding request: Post \"http://127.0.0.1:1/embedding\": EOF"}"#
            ollama.faults.set(.init(.embed, .status(400, body: body), when: .first(1)))
            let error = await failure { () async throws(PipelineError) in _ = try await embedder.embed([bytes("a")]) }
            #expect(error?.isRetryable == true)
        }
    }

    @Test func `is given up when it takes longer than it may`() async throws {
        try await withServer { server, ollama in
            let embedder = server.embedder(for: try await server.inspect().model, prefix: "")
            ollama.faults.set(.init(.embed, .latency(.seconds(30))))
            let error = await failure { () async throws(PipelineError) in
                _ = try await embedder.embed([bytes("a")], within: .milliseconds(50))
            }
            #expect(error?.kind == .server(retryAfter: nil), "\(String(describing: error))")
        }
    }

    @Test(arguments: [1, 20])
    func `larger than that of so many texts can be is the server's fault`(_ count: Int) async throws {
        try await withServer { server, ollama in
            let embedder = server.embedder(for: try await server.inspect().model, prefix: "")
            let texts = (0..<count).map { bytes("text \($0)") }
            let found = try await embedder.embed(texts)
            #expect(found.count == count)
            let most = (1 << 20) + count * 768 * 64
            ollama.faults.set(.init(.embed, .status(200, body: String(repeating: " ", count: most + 1))))
            let error = await failure { () async throws(PipelineError) in _ = try await embedder.embed(texts) }
            #expect(error?.isRetryable == true)
            #expect(error?.message.contains("larger than \(most) bytes") == true, "\(String(describing: error))")
        }
    }

    @Test func `ends with its task`() async throws {
        try await withServer { server, ollama in
            let embedder = server.embedder(for: try await server.inspect().model, prefix: "")
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
