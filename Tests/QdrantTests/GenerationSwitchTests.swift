import Foundation
import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

@Suite("A switch of generations")
struct GenerationSwitchTests {
    private static let versions = ["1.10.1", "1.15.4", "1.16.0", "1.17.0"]
    private static let vectors = #"{"vectors":{"size":3,"distance":"Cosine"}}"#

    @Test(arguments: versions)
    func `makes a generation live, first and later, forwards and backwards`(_ version: String) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let generations = try await fixture.generations()
            for number in [1, 2] { try await fixture.build(number) }
            for number in [1, 2, 2, 1] {
                let name = fixture.client.configured.generation(number)
                try await generations.makeLive(name)
                let naming = try await fixture.client.naming()
                #expect(naming == .generation(name))
            }
        }
    }

    @Test func `leaves things as they are when it is not to what can be live`() async throws {
        try await withFixture { fixture in
            let generations = try await fixture.generations()
            let names = (1...3).map(fixture.client.configured.generation)
            try await fixture.build(1)
            try await generations.makeLive(names[0])
            _ = try await generations.create(2, for: fixture.identity, payloadIndexes: [])
            try await fixture.ask("PUT", "/collections/c__g3", Self.vectors)
            for (name, message) in [
                (names[1], "not complete"), (names[2], "stamp"),
                (fixture.client.configured.generation(4), "no collection"),
                (fixture.client.configured, "no generation"),
            ] {
                let error = await failure { () async throws(PipelineError) in try await generations.makeLive(name) }
                #expect(error?.message.contains(message) == true, "\(String(describing: error))")
                let replaced = await failure { () async throws(PipelineError) in
                    try await generations.replaceCollection(by: name)
                }
                #expect(replaced == error)
            }
            let naming = try await fixture.client.naming()
            #expect(naming == .generation(names[0]))
        }
    }

    @Test(arguments: versions)
    func `replaces a collection when that is asked for`(_ version: String) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let generations = try await fixture.generations()
            try await fixture.collection().prepare(runID: "g")
            _ = try await fixture.sink().upsert([point(.integer(1))])
            try await fixture.build(1)
            let name = fixture.client.configured.generation(1)
            let error = await failure { () async throws(PipelineError) in try await generations.makeLive(name) }
            #expect(error?.message.contains("is a collection") == true)
            try await generations.replaceCollection(by: name)
            let naming = try await fixture.client.naming()
            #expect(naming == .generation(name))
            // Once more, as after an answer that was lost.
            try await generations.replaceCollection(by: name)
            let again = try await fixture.client.naming()
            #expect(again == .generation(name))
        }
    }

    @Test func `goes on when it ended between the deletion and the alias`() async throws {
        try await withFixture { fixture in
            let generations = try await fixture.generations()
            try await fixture.collection().prepare(runID: "g")
            try await fixture.build(1)
            let name = fixture.client.configured.generation(1)
            fixture.server.faults.set(.init(.path("/collections/aliases"), .reset))
            let error = await failure { () async throws(PipelineError) in
                try await generations.replaceCollection(by: name)
            }
            #expect(error?.isRetryable == true)
            fixture.server.faults.clear()
            let between = try await fixture.client.naming()
            #expect(between == .missing)
            try await generations.replaceCollection(by: name)
            let naming = try await fixture.client.naming()
            #expect(naming == .generation(name))
        }
    }

    @Test func `deletes no collection that is another's too`() async throws {
        try await withFixture { fixture in
            let generations = try await fixture.generations()
            try await fixture.collection().prepare(runID: "g")
            try await fixture.build(1)
            let name = fixture.client.configured.generation(1)
            try await fixture.alias("readers", of: "c")
            let aliased = await failure { () async throws(PipelineError) in
                try await generations.replaceCollection(by: name)
            }
            #expect(aliased?.message.contains("readers is an alias of it") == true)
            try await fixture.ask(
                "POST",
                "/collections/aliases",
                #"{"actions":[{"delete_alias":{"alias_name":"readers"}}]}"#
            )
            try await fixture.put(#"{"id":1,"vector":[1,0,0],"payload":{"_sync":{"source":"others"}}}"#)
            let shared = await failure { () async throws(PipelineError) in
                try await generations.replaceCollection(by: name)
            }
            #expect(shared?.message.contains("other syncs (1)") == true)
            let naming = try await fixture.client.naming()
            #expect(naming == .collection)
        }
    }

    @Test(arguments: versions)
    func `lets an old generation be dropped, and the live one not`(_ version: String) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let generations = try await fixture.generations()
            for number in [1, 2] { try await fixture.build(number) }
            let names = (1...3).map(fixture.client.configured.generation)
            try await generations.makeLive(names[1])
            let live = await failure { () async throws(PipelineError) in try await generations.drop(names[1]) }
            #expect(live?.message.contains("is live") == true)
            for name in [names[0], names[0], names[2]] { try await generations.drop(name) }
            let list = try await generations.list()
            #expect(list.map(\.number) == [2])
            #expect(list.first?.isLive == true)
        }
    }

    @Test func `drops nothing that is not known as ours`() async throws {
        try await withFixture { fixture in
            let generations = try await fixture.generations()
            try await fixture.ask("PUT", "/collections/c", Self.vectors)
            try await fixture.ask("PUT", "/collections/c__g1", Self.vectors)
            try await fixture.build(2)
            try await fixture.build(3, source: "others")
            try await fixture.alias("readers", of: "c__g2")
            for (name, message) in [
                (fixture.client.configured, "no generation"), (fixture.client.configured.generation(1), "stamp"),
                (fixture.client.configured.generation(2), "readers is an alias"),
                (fixture.client.configured.generation(3), "stamp"),
            ] {
                let error = await failure { () async throws(PipelineError) in try await generations.drop(name) }
                #expect(error?.kind == .setup)
                #expect(error?.message.contains(message) == true, "\(String(describing: error))")
            }
            let listing = try await fixture.ask("GET", "/collections")["collections"] as? [[String: String]]
            #expect(listing?.compactMap { $0["name"] } == ["c", "c__g1", "c__g2", "c__g3"])
            let list = try await generations.list()
            #expect(list.map(\.isOurs) == [false, true, false])
            #expect(list.rollbackTarget?.number == 2)
        }
    }
}

extension Fixture {
    /// Makes a generation, complete and empty.
    func build(_ number: Int, source: String = "notes") async throws {
        let generations = try await generations(source: source)
        try await generations.finishIndexing(
            try await generations.create(number, for: identity, payloadIndexes: [])
        )
    }

    func alias(_ name: String, of collection: String) async throws {
        try await ask(
            "POST",
            "/collections/aliases",
            #"{"actions":[{"create_alias":{"alias_name":"\#(name)","collection_name":"\#(collection)"}}]}"#
        )
    }
}
