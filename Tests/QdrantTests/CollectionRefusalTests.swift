import Foundation
import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

@Suite("A collection that does not fit")
struct CollectionRefusalTests {
    @Test(arguments: [
        (#"{"vectors":{"text":{"size":3,"distance":"Cosine"}}}"#, "named vectors (text)"),
        (#"{"vectors":{}}"#, "no dense vectors"),
        (#"{"vectors":{"size":4,"distance":"Cosine"}}"#, "4 components, the model makes 3"),
        (#"{"vectors":{"size":3,"distance":"Dot"}}"#, "Dot, Cosine was expected"),
        (
            #"{"vectors":{"size":3,"distance":"Cosine","multivector_config":{"comparator":"max_sim"}}}"#,
            "multivector"
        ),
    ])
    func `is refused with what was found and expected`(_ body: String, _ message: String) async throws {
        try await withFixture { fixture in
            try await fixture.ask("PUT", "/collections/c", body)
            let error = await fixture.refusal(.uuid)
            #expect(error?.kind == .setup)
            #expect(error?.message.contains(message) == true, "\(String(describing: error))")
            #expect(error?.remedy?.contains("QDRANT_COLLECTION") == true)
        }
    }

    @Test(arguments: ["1.10.1", "1.16.0", "1.17.0"])
    func `holds points of another sync, which is named and counted`(_ version: String) async throws {
        try await withFixture(.init(version: version)) { fixture in
            try await fixture.collection().prepare(runID: "g1")
            _ = try await fixture.sink().upsert([point(.integer(7))])
            for id in [1, 2] {
                try await fixture.put(#"{"id":\#(id),"vector":[1,0,0],"payload":{"_sync":{"source":"x\"y"}}}"#)
            }
            try await fixture.put(#"{"id":3,"vector":[1,0,0],"payload":{"_sync":{"source":"z"}}}"#)
            let error = await fixture.refusal(.integer)
            #expect(error?.kind == .setup)
            #expect(
                error?.message.contains("the sync 'x\"y' (2) and of others (1)") == true,
                "\(String(describing: error))"
            )
            #expect(error?.message.contains("'notes'") == true)
            #expect(error?.remedy?.contains("set 'name' to 'x\"y'") == true)
        }
    }

    @Test func `holds points whose name is no text`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g1")
            try await fixture.put(#"{"id":1,"vector":[1,0,0],"payload":{"_sync":{"source":12}}}"#)
            let error = await fixture.refusal(.integer)
            #expect(error?.message.contains("something else (1)") == true, "\(String(describing: error))")
        }
    }

    @Test(arguments: [
        ("7", PointKeyKind.uuid, PointKeyKind.integer), ("7", .text, .integer),
        (#""0b5a1c1e-0000-4000-8000-000000000001""#, .integer, .uuid),
        (#""00000000-0000-0000-0000-000000000000""#, .integer, .text),
    ])
    func `has ids that no key leads to`(_ id: String, _ refused: PointKeyKind, _ taken: PointKeyKind) async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g1")
            for payload in ["{}", #"{"_sync":{"source":"notes"}}"#] {
                try await fixture.put(#"{"id":\#(id),"vector":[1,0,0],"payload":\#(payload)}"#)
                let error = await fixture.refusal(refused)
                #expect(error?.kind == .setup)
                #expect(error?.message.contains(id.filter { $0 != "\"" }) == true, "\(String(describing: error))")
                let none = await fixture.refusal(taken)
                #expect(none == nil)
            }
        }
    }

    @Test func `has such an id behind others that are right`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g1")
            _ = try await fixture.sink().upsert([point(.integer(1)), point(.integer(.max))])
            try await fixture.put(#"{"id":"ffffffff-0000-4000-8000-000000000001","vector":[1,0,0]}"#)
            let behind = await fixture.refusal(.integer)
            #expect(behind?.message.contains("ffffffff") == true)
            let before = await fixture.refusal(.uuid)
            #expect(before?.message.contains("(1, for one)") == true)
        }
    }

    @Test func `was filled by another model, and both are named`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g1")
            var other = fixture.identity
            other.fingerprint = "f2"
            other.model = "m2"
            let error = await fixture.refusal(.uuid, other)
            #expect(error?.kind == .setup)
            #expect(error?.message.contains("m (digest d") == true)
            #expect(error?.message.contains("m2 (digest d") == true)
            #expect(error?.remedy?.contains("--rebuild") == true)
        }
    }

    @Test func `is looked at all the same`() async throws {
        try await withFixture { fixture in
            try await fixture.ask(
                "PUT",
                "/collections/c",
                #"{"vectors":{"size":4,"distance":"Dot","datatype":"float16"}}"#
            )
            try await fixture.put(#"{"id":3,"vector":[1,0,0,0],"payload":{"_sync":{"source":"z"}}}"#)
            let findings = try await fixture.findings()
            #expect(findings?.foreignPoints == 1)
            #expect(findings?.keepsFloat32 == false)
        }
    }
}

extension Fixture {
    fileprivate func refusal(_ keyKind: PointKeyKind, _ identity: VectorIdentity? = nil) async -> PipelineError? {
        await failure { () async throws(PipelineError) in
            let collection: QdrantCollection
            do {
                collection = try await self.collection(identity)
            } catch {
                throw PipelineError(.setup, "no collection: \(error)")
            }
            _ = try await collection.inspect(keyKind)
        }
    }
}
