import Embedding
import Logging
import Pipeline
import Qdrant
import SandboxServers
import Settings
import TestSupport
import Testing

@testable import pattern_sync

/// The program's choice among its embedding servers, made within the tests' own process.
@Suite("Of several embedding servers")
struct EmbeddingServersTests {
    /// Where nobody listens.
    private static let nobody = "http://127.0.0.1:1"

    private struct Choice {
        let result: Result<EmbeddingServers, PipelineError>
        let log: [String]

        var names: [String]? { try? result.get().servers.map(\.name) }
        var error: PipelineError? {
            if case .failure(let error) = result { error } else { nil }
        }
    }

    /// Lets the program choose among the servers at `urls`.
    private func choose(
        _ urls: [String],
        provider: EmbeddingProvider = .ollama,
        agreeing stored: VectorIdentity? = nil
    ) async throws -> Choice {
        let log = MessageLog()
        let logger = Logger(label: "tests") { _ in log }
        let settings = Settings(
            environment: [
                "OLLAMA_BASE_URL": urls.joined(separator: ","), "EMBEDDING_PROVIDER": provider.rawValue,
            ],
            file: .none
        )
        let servers = try Servers(
            Configuration(settings, wait: "1s"),
            clock: RunClock(ManualClock(movesItself: true)),
            observer: RecordingObserver(),
            logger: logger
        )
        let result: Result<EmbeddingServers, PipelineError>
        do throws(PipelineError) {
            let inspected = await servers.inspectedEmbedders()
            result = .success(try EmbeddingServers(inspected, agreeing: stored, logger))
        } catch {
            result = .failure(error)
        }
        await servers.close()
        return Choice(result: result, log: log.messages)
    }

    /// What a collection holds that the server filled.
    private func identity(of url: String) async throws -> VectorIdentity {
        let found = try await choose([url]).result.get()
        return VectorIdentity(
            fingerprint: found.model.fingerprint(prefix: "", overlong: "truncate"),
            model: found.model.name,
            digest: found.model.digest,
            dimension: found.model.dimension,
            prefix: "",
            queryPrefix: "",
            canaries: found.canaries
        )
    }

    /// Runs `body` with two servers, and their names in messages.
    private func withTwo(
        _ second: OllamaSandbox.Configuration = .init(),
        _ body: ([String], [String]) async throws -> Void
    ) async throws {
        try await withOllamaSandbox { one in
            try await withOllamaSandbox(second) { two in
                try await body([one.url, two.url], [one, two].map { "127.0.0.1:\($0.port)" })
            }
        }
    }

    @Test func `all are used that have the same model`() async throws {
        try await withTwo { urls, names in
            let choice = try await choose(urls)
            #expect(choice.names == names)
            #expect(choice.log == [])
            let chosen = try choice.result.get()
            #expect(chosen.model.name == "nomic-embed-text")
            #expect(chosen.canaries.count == Canaries.texts.count)
        }
    }

    @Test func `those that are down are left out while another is up`() async throws {
        try await withTwo { urls, names in
            let choice = try await choose([Self.nobody] + urls)
            #expect(choice.names == names)
            #expect(choice.log.count == 1)
            #expect(choice.log.first?.hasPrefix("warning: left out: 127.0.0.1:1: ") == true)
            let none = try await choose([Self.nobody])
            #expect(none.error?.kind == .outage)
        }
    }

    @Test(arguments: [OllamaSandbox.Configuration(dimension: 96), .init(contextLength: 512), .init(revision: 1)])
    func `none may have another model`(_ second: OllamaSandbox.Configuration) async throws {
        try await withTwo(second) { urls, names in
            let error = try await choose(urls).error
            #expect(error?.kind == .setup)
            #expect(error?.message.hasPrefix("\(names[1]) has another nomic-embed-text (digest ") == true)
            #expect(error?.remedy?.contains("ollama pull nomic-embed-text") == true)
        }
    }

    @Test(arguments: [OllamaSandbox.Configuration(dimension: 96), .init(revision: 1)])
    func `those with another model than the collection's are left out`(
        _ second: OllamaSandbox.Configuration
    ) async throws {
        try await withTwo(second) { urls, names in
            let choice = try await choose(urls.reversed(), agreeing: try await identity(of: urls[0]))
            #expect(choice.names == [names[0]])
            #expect(choice.log.first?.contains("left out: \(names[1]) has another nomic-embed-text") == true)
        }
    }

    @Test func `none may make other vectors of the same model`() async throws {
        try await withTwo(.init(vectorsVersion: 1)) { urls, names in
            let error = try await choose(urls).error
            #expect(error?.kind == .setup)
            #expect(
                error?.message.hasPrefix(
                    "\(names[1]) makes other vectors with nomic-embed-text than \(names[0]) (cosine"
                )
                    == true
            )
            #expect(error?.remedy == "make all servers of OLLAMA_BASE_URL run the same model and version")
        }
    }

    @Test func `one whose digest nobody tells is known by its vectors`() async throws {
        try await withTwo(.init(revision: 1)) { urls, names in
            let error = try await choose(urls, provider: .openai).error
            #expect(error?.kind == .setup)
            #expect(error?.message.contains("\(names[1]) makes other vectors") == true)
        }
    }

    @Test(arguments: [0, 1])
    func `those are left out that disagree with the collection while another agrees`(_ agreeing: Int) async throws {
        try await withTwo(.init(vectorsVersion: 1)) { urls, names in
            let stored = try await identity(of: urls[agreeing])
            let choice = try await choose(urls, agreeing: stored)
            #expect(choice.names == [names[agreeing]])
            let chosen = try choice.result.get()
            #expect(chosen.canaries.map(\.json) == stored.canaries.map(\.json))
            #expect(choice.log.count == 1)
            let warning = choice.log.first ?? ""
            #expect(warning.hasPrefix("warning: left out: \(names[1 - agreeing]): "))
            #expect(warning.contains("(cosine "))
            #expect(warning.hasSuffix(", expected at least 0.999)"))
        }
    }

    @Test func `one at least has to agree with the collection`() async throws {
        try await withTwo { urls, names in
            let stored = try await withOllamaSandbox(.init(vectorsVersion: 1)) { try await identity(of: $0.url) }
            let choice = try await choose([Self.nobody] + urls, agreeing: stored)
            #expect(choice.error?.kind == .setup)
            let message = choice.error?.message ?? ""
            #expect(message.hasPrefix("\(names[0]), \(names[1]): nomic-embed-text makes other vectors"))
            #expect(message.contains("(cosine "))
            #expect(choice.error?.remedy?.contains("--rebuild") == true)
            // The one that is down may be the one that would agree.
            #expect(choice.log.first?.hasPrefix("warning: left out: 127.0.0.1:1: ") == true)
        }
    }

    @Test func `rounding of the collection's vectors is no disagreement`() async throws {
        try await withTwo { urls, names in
            // A collection keeps 32-bit floats, and may print them with other digits.
            var stored = try await identity(of: urls[0])
            stored.canaries = stored.canaries.map { vector in
                let numbers = String(decoding: vector.json.dropFirst().dropLast(), as: UTF8.self)
                    .split(separator: ",").compactMap { Double($0) }.map { "\(($0 * 100_000).rounded() / 100_000)" }
                return Vector(json: Array("[\(numbers.joined(separator: ","))]".utf8)[...])
            }
            let choice = try await choose(urls, agreeing: stored)
            #expect(choice.names == names)
            #expect(choice.log == [])
        }
    }
}
