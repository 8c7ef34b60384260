import CurlHTTP
import Embedding
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite(
    "Vectors of two models",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct IdentityTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...30)

    private func withSyncedScenario(
        count: Int = 1,
        qdrant: QdrantSandbox.Configuration = .init(),
        _ body: (Scenario) async throws -> Void
    ) async throws {
        try await withScenario(Self.table, count: count, qdrant: qdrant) { scenario in
            let first = try await scenario.run()
            #expect(first.status == 0, "\(first.errors)")
            try await body(scenario)
        }
    }

    /// Expects every command that would mix vectors to refuse, and to say why.
    private func expectRefusal(
        _ scenario: Scenario,
        _ says: [String],
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let upserted = scenario.servers.sandbox?.qdrant.stats().pointsUpserted
        for command in [["sync"], ["sync", "--incremental"], ["sync", "--dry-run"], ["verify"]] {
            let outcome = try await Scenario.program.run(
                command + arguments,
                environment: scenario.environment.merging(environment) { $1 }
            )
            #expect(outcome.status == 1, "\(command)\n\(outcome.errors)", sourceLocation: sourceLocation)
            for part in says + ["--rebuild"] {
                #expect(
                    outcome.errors.contains(part),
                    "\(command): \(part)\n\(outcome.errors)",
                    sourceLocation: sourceLocation
                )
            }
        }
        #expect(scenario.servers.sandbox?.qdrant.stats().pointsUpserted == upserted, sourceLocation: sourceLocation)
    }

    @Test func `are never mixed: another model`() async throws {
        try await withSyncedScenario { scenario in
            try await withOllamaSandbox(.init(model: "other-model")) { other in
                try await expectRefusal(
                    scenario,
                    ["was filled with nomic-embed-text (digest ", "does not mix with other-model (digest "],
                    environment: ["OLLAMA_BASE_URL": other.url, "EMBEDDING_MODEL": "other-model"]
                )
            }
        }
    }

    @Test func `are never mixed: another number of components`() async throws {
        try await withSyncedScenario { scenario in
            try await withOllamaSandbox(.init(model: "tiny", dimension: 96)) { tiny in
                try await expectRefusal(
                    scenario,
                    ["nomic-embed-text (digest ", "768 components", "tiny (digest ", "96 components"],
                    environment: ["OLLAMA_BASE_URL": tiny.url, "EMBEDDING_MODEL": "tiny"]
                )
            }
        }
    }

    @Test func `are never mixed: another prefix`() async throws {
        try await withSyncedScenario { scenario in
            try await expectRefusal(scenario, ["prefix ''", "prefix 'search_document: '"], ["--prefix", "model"])
        }
    }

    @Test func `are never mixed: a model that was pulled anew`() async throws {
        try await withSyncedScenario { scenario in
            scenario.servers.sandbox?.ollama[0].model?.set(revision: 1)
            try await expectRefusal(scenario, ["was filled with nomic-embed-text (digest ", "which does not mix with"])
        }
    }

    @Test func `are never mixed: a server that was updated, and makes other vectors of the same model`() async throws {
        try await withSyncedScenario { scenario in
            scenario.servers.sandbox?.ollama[0].model?.set(vectorsVersion: 1)
            try await expectRefusal(
                scenario,
                [
                    "nomic-embed-text makes other vectors than those in the collection (cosine ",
                    "expected at least 0.999",
                ]
            )
        }
    }

    @Test func `are never mixed: one of two servers is left out`() async throws {
        try await withSyncedScenario(count: 2) { scenario in
            let servers = try #require(scenario.servers.sandbox?.ollama)
            servers[1].model?.set(vectorsVersion: 1)
            servers[1].resetStats()
            try await scenario.database.run(PatternTable.rows(31...60))
            let run = try await scenario.measure("--embed-batch", "2")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("left out: 127.0.0.1:\(servers[1].port)"), "\(run.errors)")
            #expect(servers[1].stats().textsEmbedded == Canaries.texts.count)
            #expect(run.texts == 60)
            try await scenario.expectMirror()
        }
    }

    @Test func `go unnoticed by nobody where the collection cannot remember: the journal does`() async throws {
        try await withSyncedScenario(qdrant: .init(version: "1.15.0")) { scenario in
            let unchanged = try await scenario.measure("--incremental")
            #expect(unchanged.status == 0, "\(unchanged.errors)")
            #expect(unchanged.errors.contains("Qdrant 1.15 has no room for the identity"), "\(unchanged.errors)")
            #expect(unchanged.texts == 0)
            let model = try #require(scenario.servers.sandbox?.ollama[0].model)
            model.set(revision: 1)
            try await expectRefusal(scenario, ["was filled with nomic-embed-text (digest "])
            model.set(vectorsVersion: 1)
            try await expectRefusal(scenario, ["makes other vectors than those in the collection (cosine "])
            model.set()
            #expect(try await scenario.run("--incremental").status == 0)
        }
    }

    @Test func `are found out by stored texts where neither remembers`() async throws {
        try await withSyncedScenario(qdrant: .init(version: "1.15.0")) { scenario in
            try FileManager.default.removeItem(atPath: scenario.journal)
            let unchanged = try await scenario.measure("--dry-run", "--incremental")
            #expect(unchanged.status == 0, "\(unchanged.errors)")
            // Three at most, from two places of the collection.
            #expect((1...3).contains(unchanged.texts), "\(unchanged.texts)")
            scenario.servers.sandbox?.ollama[0].model?.set(vectorsVersion: 1)
            try await expectRefusal(
                scenario,
                ["the collection's points were made by another model or version of it", "expected at least 0.999"]
            )
        }
    }

    @Test func `the first vectors stay what later ones are compared with`() async throws {
        try await withSyncedScenario { scenario in
            let before = try await scenario.canaries()
            #expect(before.contains("canaries"))
            #expect(try await scenario.run().status == 0)
            #expect(try await scenario.run("--incremental").status == 0)
            #expect(try await scenario.canaries() == before)
        }
    }
}

extension Scenario {
    /// What the collection remembers of its vectors.
    fileprivate func canaries() async throws -> String {
        let answer = try await qdrant(.get, "")
        let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        let config = (object?["result"] as? [String: Any])?["config"] as? [String: Any]
        let stamp = (config?["metadata"] as? [String: Any])?["pattern-sync.code_patterns"] as? [String: Any]
        let data = try JSONSerialization.data(withJSONObject: stamp?["embedder"] ?? [:], options: .sortedKeys)
        return String(decoding: data, as: UTF8.self)
    }
}
