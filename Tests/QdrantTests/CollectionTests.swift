import CurlHTTP
import Foundation
import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

@Suite("A collection")
struct CollectionTests {
    @Test func `is made with the parameters and indexes that searches need`() async throws {
        try await withFixture { fixture in
            let collection = try await fixture.collection(payloadIndexes: [
                .init("language", .keyword), .init("at", .datetime),
            ])
            let before = try await collection.inspect(.uuid)
            #expect(before == nil)
            try await collection.prepare(runID: "g1")
            let result = try await fixture.ask("GET", "/collections/c")
            let config = result["config"] as? [String: Any]
            let vectors = (config?["params"] as? [String: Any])?["vectors"] as? [String: Any]
            #expect(vectors?["size"] as? Int == 3)
            #expect(vectors?["distance"] as? String == "Cosine")
            let graph = config?["hnsw_config"] as? [String: Any]
            #expect(graph?["m"] as? Int == 16)
            #expect(graph?["ef_construct"] as? Int == 100)
            let schema = result["payload_schema"] as? [String: [String: Any]]
            #expect(
                schema?.mapValues { $0["data_type"] as? String } == [
                    "language": "keyword", "at": "datetime", "_sync.source": "keyword",
                ]
            )
        }
    }

    @Test func `is searched by nothing but the sync's name unless it is told more`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g1")
            let schema = try await fixture.ask("GET", "/collections/c")["payload_schema"] as? [String: Any]
            #expect(schema?.keys.sorted() == ["_sync.source"])
        }
    }

    @Test func `remembers the run that filled it, beside what others keep there`() async throws {
        try await withFixture { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(runID: "g1")
            try await fixture.ask("PATCH", "/collections/c", #"{"metadata":{"somebody":"else"}}"#)
            for (prepared, stamped) in [(nil, "g1"), ("g2", "g2")] {
                try await collection.prepare(runID: prepared)
                let findings = try await collection.inspect(.uuid)
                #expect(findings?.evidence == .present(.run(stamped), points: 0))
            }
            #expect(try await fixture.server.ask("GET", "/collections/c").body.contains(#""somebody":"else""#))
        }
    }

    @Test(arguments: ["1.10.1", "1.15.4"])
    func `of a server without metadata is counted instead`(_ version: String) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(runID: "g1")
            _ = try await fixture.sink().upsert([point(.integer(1)), point(.integer(2))])
            try await fixture.put(#"{"id":9,"vector":[1,0,0]}"#)
            let findings = try await collection.inspect(.integer)
            #expect(findings?.evidence == .present(.impossible, points: 2))
            #expect(findings?.identity == nil)
            #expect(findings?.points == 3)
        }
    }

    @Test func `keeps the canaries that it was first given, until the embedder changes`() async throws {
        try await withFixture { fixture in
            var identity = fixture.identity
            try await fixture.collection(identity).prepare(runID: "g1")
            func stored() async throws -> VectorIdentity? { try await fixture.findings()?.identity }
            let none = try await stored()
            #expect(none?.canaries.isEmpty == true)
            identity.canaries = [vector("[0.25,-1.5e-05,3.0]"), vector("[1.0]")]
            try await fixture.collection(identity).prepare(runID: nil)
            let first = try await stored()
            #expect(first == identity)
            var later = identity
            later.canaries = [vector("[0.5]")]
            try await fixture.collection(later).prepare(runID: "g2")
            let kept = try await stored()
            #expect(kept == identity)
            later.fingerprint = "f2"
            try await fixture.collection(later).prepare(runID: "g3")
            let changed = try await stored()
            #expect(changed == later)
        }
    }

    @Test func `waits for what the server has yet to do, but not for ever`() async throws {
        try await withFixture(.init(version: "1.17.0")) { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(runID: "g1")
            fixture.server.faults.set(.init(.collection, .updateQueue(3), when: .first(4)))
            let clock = fixture.clock
            let isEmpty = try await collection.waitForQueue(atMost: .seconds(60), clock)
            #expect(isEmpty)
            #expect(clock.now == .milliseconds(400))
            fixture.server.faults.set(.init(.collection, .updateQueue(3)))
            let isStillEmpty = try await collection.waitForQueue(atMost: .seconds(60), clock)
            #expect(!isStillEmpty)
            #expect(clock.now == .milliseconds(60_400))
        }
    }

    @Test func `does not wait where the server tells nothing`() async throws {
        try await withFixture(.init(version: "1.16.3")) { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(runID: "g1")
            fixture.server.faults.set(.init(.collection, .updateQueue(3)))
            let clock = fixture.clock
            let isEmpty = try await collection.waitForQueue(atMost: .seconds(60), clock)
            #expect(isEmpty)
            #expect(clock.now == .zero)
        }
    }

    @Test func `of too old a server, or of something else, is not touched`() async throws {
        try await withFixture(.init(version: "1.9.7")) { fixture in
            let error = await failure { () async throws(PipelineError) in _ = try await fixture.client.version() }
            #expect(error?.remedy?.contains("1.10") == true)
        }
        try await withOllamaSandbox { ollama in
            let http = try HTTPClient(configuration: .init(userAgent: "tests"))
            let client = QdrantClient(baseURL: ollama.url, collection: try CollectionName("c"), http: http)
            let error = await failure { () async throws(PipelineError) in _ = try await client.version() }
            #expect(error?.kind == .setup)
            #expect(error?.message.contains("no Qdrant") == true)
            await http.shutDown()
        }
    }

    @Test(arguments: ["execution_patterns", "", "a/b", "..", "a b", "ä", "a?b"])
    func `cannot have a name that leads elsewhere`(_ name: String) {
        #expect(throws: PipelineError.self) { try CollectionName(name) }
    }
}
