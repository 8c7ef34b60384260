import Testing

@testable import SandboxServers

@Suite struct ModelControlTests {
    private struct Shown: Equatable {
        var digest: String?
        var vector: [Double]
    }

    /// What a client sees of the model.
    private func look(_ client: LoopbackClient) async throws -> Shown {
        let tags = try JSONValue(parsing: await client.send("GET", "/api/tags").body)
        let body = #"{"model":"nomic-embed-text","input":"open a file"}"#
        let answer = try JSONValue(parsing: await client.send("POST", "/api/embed", body).body)
        return Shown(
            digest: tags["models"]?.array?.first?["digest"]?.string,
            vector: (answer["embeddings"]?.array?.first?.array ?? []).compactMap(\.double)
        )
    }

    private func look(_ configuration: OllamaSandbox.Configuration) async throws -> Shown {
        try await withOllamaSandbox(configuration) { try await look(LoopbackClient($0)) }
    }

    private func cosine(_ first: Shown, _ second: Shown) -> Double {
        zip(first.vector, second.vector).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test func `an updated server has the same digest and other vectors`() async throws {
        let first = try await look(.init(dimension: 64))
        let updated = try await look(.init(dimension: 64, vectorsVersion: 1))
        #expect(updated.digest == first.digest)
        #expect(updated.vector.count == 64)
        #expect(abs(cosine(updated, updated) - 1) < 1e-5)
        #expect(cosine(updated, first) < 0.9)
        #expect(cosine(updated, try await look(.init(dimension: 64, vectorsVersion: 2))) < 0.9)
    }

    @Test func `a model pulled again has another digest and other vectors`() async throws {
        let first = try await look(.init(dimension: 64))
        let again = try await look(.init(dimension: 64, revision: 1))
        #expect(again.digest?.utf8.count == 64)
        #expect(again.digest != first.digest)
        #expect(cosine(again, first) < 0.9)
    }

    @Test func `a server goes on with another model, and back`() async throws {
        try await withOllamaSandbox(.init(dimension: 64)) { server in
            let client = LoopbackClient(server)
            let first = try await look(client)
            let model = try #require(server.model)
            model.set(revision: 3, vectorsVersion: 2)
            let second = try await look(client)
            #expect(second == (try await look(.init(dimension: 64, revision: 3, vectorsVersion: 2))))
            #expect(second.digest != first.digest)
            model.set()
            #expect(try await look(client) == first)
        }
    }

    @Test func `the first model is the one it always was`() {
        // Recorded before there were others: collections that were filled by it stay valid.
        let card = ModelCard(.init(), revision: 0)
        #expect(card.digest == "c8609763682aad5fcc7c53198963cb5114eb15289cda34974d4581e174079ee5")
    }
}
