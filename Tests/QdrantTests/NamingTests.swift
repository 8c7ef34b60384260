import CurlHTTP
import Foundation
import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

@Suite("The configured name")
struct NamingTests {
    private static let vectors = #"{"vectors":{"size":3,"distance":"Cosine"}}"#

    @Test func `stands for nothing, a collection or a generation`() async throws {
        try await withFixture { fixture in
            let missing = try await fixture.client.naming()
            #expect(missing == .missing)
            try await fixture.ask("PUT", "/collections/c", Self.vectors)
            let collection = try await fixture.client.naming()
            #expect(collection == .collection)
            try await fixture.ask("DELETE", "/collections/c")
            try await fixture.ask("PUT", "/collections/c__g12", Self.vectors)
            try await fixture.alias("c", of: "c__g12")
            let generation = try await fixture.client.naming()
            #expect(generation == .generation(fixture.client.configured.generation(12)))
        }
    }

    @Test(arguments: [
        ("other", "name other itself"), ("c__g0", "name c__g0 itself"), ("c__g01", ""), ("c__gx", ""), ("d__g1", ""),
        ("execution_patterns", "never written to"),
    ])
    func `is refused as an alias of anything else`(_ target: String, _ remedy: String) async throws {
        try await withFixture { fixture in
            try await fixture.ask("PUT", "/collections/\(target)", Self.vectors)
            try await fixture.alias("c", of: target)
            let error = await failure { () async throws(PipelineError) in _ = try await fixture.client.naming() }
            #expect(error?.kind == .setup)
            #expect(error?.message.contains("the name c is an alias of the collection \(target)") == true)
            #expect(error?.message.contains("c__g1") == true)
            #expect(remedy.isEmpty || error?.remedy?.contains(remedy) == true, "\(String(describing: error))")
        }
    }

    @Test func `leads to the generation itself`() async throws {
        try await withFixture { fixture in
            let before = fixture.client.aimed(at: try await fixture.client.naming())
            #expect(before.collection == fixture.client.configured)
            try await fixture.ask("PUT", "/collections/c__g2", Self.vectors)
            try await fixture.alias("c", of: "c__g2")
            let client = fixture.client.aimed(at: try await fixture.client.naming())
            #expect(client.collection.description == "c__g2")
            #expect(client.configured.description == "c")
            let collection = QdrantCollection(
                client: client,
                source: "notes",
                identity: fixture.identity,
                version: try await client.version()
            )
            try await collection.prepare(runID: "g")
            let findings = try await fixture.findings(client)
            #expect(findings?.collection.description == "c__g2")
            #expect(findings?.stamp == .run("g"))
        }
    }

    @Test func `has generations that are numbered from one`() throws {
        let name = try CollectionName("a.b-c")
        #expect(name.generation(7).description == "a.b-c__g7")
        #expect(name.generationNumber(of: "a.b-c__g7") == 7)
        for other in [
            "a.b-c", "a.b-c__g", "a.b-c__g0", "a.b-c__g07", "a.b-c__g-1", "a.b-c__g+1", "a_b-c__g7", "xa.b-c__g7",
        ] {
            #expect(name.generationNumber(of: other) == nil)
        }
    }

    @Test func `is all that requests can be aimed at, beside its generations`() async throws {
        await #expect(processExitsWith: .failure) {
            let http = try HTTPClient(configuration: .init(userAgent: "tests"))
            let client = QdrantClient(baseURL: "http://localhost:1", collection: try CollectionName("c"), http: http)
            _ = client.aimed(at: try CollectionName("d"))
        }
    }
}
