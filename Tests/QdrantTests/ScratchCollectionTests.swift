import CurlHTTP
import Foundation
import Pipeline
import SandboxServers
import TestSupport
import Testing

@testable import Qdrant

@Suite("A scratch collection")
struct ScratchCollectionTests {
    private static let versions = ["1.10.1", "1.16.0"]
    private static let vectors = #"{"vectors":{"size":3,"distance":"Cosine"}}"#

    private func exists(_ name: String, _ fixture: Fixture) async throws -> Bool {
        try await fixture.server.ask("GET", "/collections/\(name)").status == 200
    }

    private func scratch(_ fixture: Fixture, _ number: UInt32 = 0xabc) async throws -> ScratchCollection {
        try ScratchCollection(
            fixture.client,
            number: number,
            identity: fixture.identity,
            version: try await fixture.client.version()
        )
    }

    private func fill(_ client: QdrantClient) async throws {
        let sink = QdrantSink(
            client: client,
            source: ScratchCollection.source,
            embedder: "",
            keyKind: .integer,
            timestamp: { "2026-01-02T03:04:05Z" }
        )
        _ = try await sink.upsert([point(.integer(1)), point(.integer(2))])
    }

    @Test(arguments: versions)
    func `is made beside the configured one, which need not be there, and removed`(_ version: String) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let scratch = try await scratch(fixture)
            let name = "c__bench_00000abc"
            #expect(scratch.name.description == name)
            try await scratch.checkName()
            let client = try await scratch.make(payloadIndexes: [.init("at", .datetime)])
            try await fill(client)
            let told = try await fixture.ask("GET", "/collections/\(name)")
            #expect((told["payload_schema"] as? [String: Any])?.keys.sorted() == ["_sync.source", "at"])
            #expect(try await !exists("c", fixture))
            try await scratch.remove()
            #expect(try await !exists(name, fixture))
            // Once more, as after an answer that was lost.
            try await scratch.remove()
        }
    }

    @Test(arguments: versions)
    func `is removed when nothing was stored in it`(_ version: String) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let scratch = try await scratch(fixture)
            _ = try await scratch.make(payloadIndexes: [])
            try await scratch.remove()
            #expect(try await !exists(scratch.name.description, fixture))
        }
    }

    @Test(arguments: versions)
    func `is one benchmark's own, and known to others`(_ version: String) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let (first, second) = (try await scratch(fixture, .max), try await scratch(fixture))
            for scratch in [first, second] {
                try await scratch.checkName()
                try await fill(try await scratch.make(payloadIndexes: []))
            }
            for name in [
                "c__bench", "c__bench_", "c__bench_abc", "c__bench_0000ABCD", "c__bench_+0000abc", "d__bench_0000abcd",
            ] {
                try await fixture.ask("PUT", "/collections/\(name)", Self.vectors)
            }
            let others = try await second.others()
            #expect(others == [first.name])
            try await second.remove()
            let left = try await second.others()
            #expect(left == [first.name])
            #expect(try await exists("c__bench_ffffffff", fixture))
        }
    }

    @Test(arguments: versions)
    func `of somebody else is left alone`(_ version: String) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let scratch = try await scratch(fixture)
            let name = scratch.name.description
            try await fixture.ask("PUT", "/collections/\(name)", Self.vectors)
            try await fixture.put(#"{"id":1,"vector":[1,0,0],"payload":{}}"#, into: name)
            let refusal = await failure { () async throws(PipelineError) in try await scratch.checkName() }
            #expect(refusal?.kind == .setup)
            #expect(refusal?.message.contains("there is a collection \(name) already") == true)
            for attempt in [{ _ = try await scratch.make(payloadIndexes: []) }, { try await scratch.remove() }]
                as [() async throws -> Void]
            {
                await #expect(throws: PipelineError.self) { try await attempt() }
            }
            #expect(try await exists(name, fixture))
        }
    }

    @Test func `is never reached through an alias`() async throws {
        try await withFixture { fixture in
            let scratch = try await scratch(fixture)
            try await fixture.ask("PUT", "/collections/precious", Self.vectors)
            let alias = #"{"collection_name":"precious","alias_name":"\#(scratch.name)"}"#
            let answer = try await fixture.server.ask(
                "POST",
                "/collections/aliases",
                #"{"actions":[{"create_alias":\#(alias)}]}"#
            )
            #expect(answer.status == 200)
            let refusal = await failure { () async throws(PipelineError) in try await scratch.checkName() }
            #expect(refusal?.message.contains("already") == true, "\(String(describing: refusal))")
            let error = await failure { () async throws(PipelineError) in try await scratch.remove() }
            #expect(error?.message.contains("alias of precious") == true, "\(String(describing: error))")
            #expect(try await exists("precious", fixture))
        }
    }

    @Test func `needs a name that is no longer than names may be`() async throws {
        try await withFixture { fixture in
            let client = QdrantClient(
                baseURL: fixture.server.url,
                collection: try CollectionName(String(repeating: "x", count: 240)),
                http: try HTTPClient(configuration: .init(userAgent: "tests"))
            )
            let version = try await fixture.client.version()
            #expect(throws: PipelineError.self) {
                try ScratchCollection(client, number: 0, identity: fixture.identity, version: version)
            }
        }
    }
}
