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
            let collection = try await fixture.collection()
            let found1 = try await collection.inspect()
            #expect(found1 == .missing)
            try await collection.prepare(generation: "g1")
            let body = try await fixture.server.ask("GET", "/collections/c").body
            let result = (try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])?["result"]
            let config = (result as? [String: Any])?["config"] as? [String: Any]
            let vectors = (config?["params"] as? [String: Any])?["vectors"] as? [String: Any]
            #expect(vectors?["size"] as? Int == 3)
            #expect(vectors?["distance"] as? String == "Cosine")
            let graph = config?["hnsw_config"] as? [String: Any]
            #expect(graph?["m"] as? Int == 16)
            #expect(graph?["ef_construct"] as? Int == 100)
            let schema = (result as? [String: Any])?["payload_schema"] as? [String: [String: Any]]
            #expect(
                schema?.mapValues { $0["data_type"] as? String } == [
                    "language": "keyword", "pattern_name": "keyword", "pattern_type": "keyword",
                    "_sync.source": "keyword", "created_at": "datetime",
                ]
            )
        }
    }

    @Test func `remembers the run that filled it, beside what others keep there`() async throws {
        try await withFixture { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(generation: "g1")
            _ = try await fixture.server.ask("PATCH", "/collections/c", #"{"metadata":{"somebody":"else"}}"#)
            let found2 = try await collection.inspect()
            #expect(found2 == .present(.generation("g1"), points: 0))
            try await collection.prepare(generation: nil)
            let found3 = try await collection.inspect()
            #expect(found3 == .present(.generation("g1"), points: 0))
            try await collection.prepare(generation: "g2")
            let found4 = try await collection.inspect()
            #expect(found4 == .present(.generation("g2"), points: 0))
            #expect(try await fixture.server.ask("GET", "/collections/c").body.contains(#""somebody":"else""#))
        }
    }

    @Test func `refuses vectors of another model, naming both`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(generation: "g1")
            var other = fixture.identity
            other.fingerprint = "f2"
            other.model = "m2"
            let collection = try await fixture.collection(other)
            let error = await failure { () async throws(PipelineError) in _ = try await collection.inspect() }
            #expect(error?.kind == .setup)
            #expect(error?.message.contains("m (digest d") == true)
            #expect(error?.message.contains("m2 (digest d") == true)
        }
    }

    @Test func `of a server without metadata is counted instead`() async throws {
        try await withFixture(.init(version: "1.10.1")) { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(generation: "g1")
            let found5 = try await collection.inspect()
            #expect(found5 == .present(.impossible, points: 0))
            _ = try await fixture.sink().upsert([point(.integer(1)), point(.integer(2))])
            _ = try await fixture.server.ask(
                "PUT",
                "/collections/c/points?wait=true",
                #"{"points":[{"id":9,"vector":[1,0,0]}]}"#
            )
            let found6 = try await collection.inspect()
            #expect(found6 == .present(.impossible, points: 2))
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
