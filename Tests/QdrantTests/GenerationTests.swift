import CurlHTTP
import Foundation
import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

@Suite("A generation")
struct GenerationTests {
    private static let versions = ["1.10.1", "1.15.4", "1.16.0", "1.17.0"]

    @Test(arguments: zip(versions, [20_000, 10_000, 10_000, 10_000]))
    func `is made without indexing, and gets the server's own threshold back`(
        _ version: String,
        _ threshold: Int
    ) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let generations = try await fixture.generations()
            let name = try await generations.create(3, for: fixture.identity, payloadIndexes: [.init("at", .datetime)])
            #expect(name.description == "c__g3")
            let made = try await fixture.told(name)
            #expect(made.threshold == (version >= "1.16" ? 0 : 1_000_000_000_000 + threshold))
            #expect(made.fields == ["_sync.source", "at"])
            try await generations.finishIndexing(name)
            let finished = try await fixture.told(name)
            #expect(finished.threshold == threshold)
            // Once more, as after an answer that was lost.
            try await generations.finishIndexing(name)
            let again = try await fixture.told(name)
            #expect(again.threshold == threshold)
        }
    }

    @Test func `keeps another threshold that a server has`() async throws {
        try await withFixture { fixture in
            let generations = try await fixture.generations()
            let name = try await generations.create(1, for: fixture.identity, payloadIndexes: [])
            try await fixture.ask(
                "PATCH",
                "/collections/c__g1",
                #"""
                {"metadata":{"pattern-sync.notes":{"building":true,"indexing_threshold":777,"embedder":{"fingerprint":"f1",
                "model":"m","dimension":3,"prefix":"","query_prefix":""}}}}
                """#
            )
            try await generations.finishIndexing(name)
            let told = try await fixture.told(name)
            #expect(told.threshold == 777)
        }
    }

    @Test(arguments: versions)
    func `is listed with the others, the oldest first`(_ version: String) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let generations = try await fixture.generations()
            for stranger in ["d__g1", "c__gx", "c_g1"] {
                try await fixture.ask("PUT", "/collections/\(stranger)", #"{"vectors":{"size":3,"distance":"Cosine"}}"#)
            }
            for number in [10, 9] { try await fixture.build(number) }
            try await generations.makeLive(fixture.client.configured.generation(9))
            _ = try await generations.create(11, for: fixture.identity, payloadIndexes: [])
            try await fixture.put(#"{"id":1,"vector":[1,0,0]}"#, into: "c__g9")
            let hasMetadata = version >= "1.16"
            let list = try await generations.list()
            #expect(list.map(\.number) == [9, 10, 11])
            #expect(list.map(\.name.description) == ["c__g9", "c__g10", "c__g11"])
            #expect(list.map(\.isLive) == [true, false, false])
            #expect(list.map(\.isBuilding) == [false, !hasMetadata, true])
            #expect(list.map(\.isOurs) == [true, true, true])
            #expect(list.map(\.points) == [1, 0, 0])
            #expect(list.map(\.model) == Array(repeating: hasMetadata ? "m" : nil, count: 3))
            let builtAt = hasMetadata ? "2026-01-02T03:04:05Z" : nil
            #expect(list.map(\.builtAt) == [builtAt, builtAt, nil])
            #expect(list.rollbackTarget == nil)
        }
    }

    @Test(arguments: versions)
    func `can be gone back to when it is the one before`(_ version: String) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let generations = try await fixture.generations()
            for number in [1, 2] {
                try await fixture.build(number)
                try await generations.makeLive(fixture.client.configured.generation(number))
            }
            let list = try await generations.list()
            #expect(list.rollbackTarget?.number == 1)
        }
    }

    /// What tells each request of the making from the others, by what is in its body.
    @Test(
        arguments: ["size", "_sync.source", "indexing_threshold\":10000", "optimizers_config"],
        [FaultKind.status(503), .cutBody]
    )
    func `is gone on with after a request that failed, or whose answer was lost`(
        _ match: String,
        _ fault: FaultKind
    ) async throws {
        try await withFixture { fixture in
            let generations = try await fixture.generations()
            fixture.server.faults.set(.init(.path("/collections/c__g1"), match: match, fault, when: .first(1)))
            let error = await failure { () async throws(PipelineError) in
                _ = try await generations.create(1, for: fixture.identity, payloadIndexes: [])
            }
            #expect(error?.isRetryable == true, "\(String(describing: error))")
            let name = try await generations.create(1, for: fixture.identity, payloadIndexes: [])
            #expect(fixture.server.faults.fired == [1])
            let made = try await fixture.told(name)
            #expect(made.threshold == 0)
            #expect(made.fields == ["_sync.source"])
            let list = try await generations.list()
            #expect(list.map(\.isBuilding) == [true])
            try await generations.finishIndexing(name)
            let finished = try await fixture.told(name)
            #expect(finished.threshold == 10_000)
        }
    }

    @Test(arguments: ["1.15.4", "1.16.0"])
    func `is not made where there is another`(_ version: String) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let generations = try await fixture.generations()
            try await fixture.build(1)
            try await generations.makeLive(fixture.client.configured.generation(1))
            let live = await fixture.creating(1, fixture.identity)
            #expect(live?.message.contains("complete") == true, "\(String(describing: live))")
            _ = try await generations.create(2, for: fixture.identity, payloadIndexes: [])
            var wide = fixture.identity
            wide.dimension = 4
            let other = await fixture.creating(2, wide)
            #expect(other?.message.contains("3 components") == true, "\(String(describing: other))")
        }
    }

    @Test func `is not gone on with by another model, nor when it is nobody's`() async throws {
        try await withFixture { fixture in
            _ = try await fixture.generations().create(2, for: fixture.identity, payloadIndexes: [])
            var other = fixture.identity
            other.fingerprint = "f2"
            let error = await fixture.creating(2, other)
            #expect(error?.remedy?.contains("drop this generation") == true, "\(String(describing: error))")
            try await fixture.ask("PUT", "/collections/c__g3", #"{"vectors":{"size":3,"distance":"Cosine"}}"#)
            let nobodys = await fixture.creating(3, fixture.identity)
            #expect(nobodys?.message.contains("stamp") == true)
        }
    }

    @Test func `is waited for while it is yellow, or its server has still to do`() async throws {
        try await withFixture(.init(version: "1.17.0")) { fixture in
            let clock = fixture.clock
            let generations = QdrantGenerations(
                client: fixture.client,
                source: "notes",
                version: try await fixture.client.version(),
                clock: clock,
                timestamp: { "2026-01-02T03:04:05Z" }
            )
            let name = try await generations.create(1, for: fixture.identity, payloadIndexes: [])
            // The first look is for the threshold.
            fixture.server.faults.set(
                .init(.collection, .collectionStatus("yellow"), when: .first(4)),
                .init(.collection, .updateQueue(1), when: .first(2))
            )
            try await generations.finishIndexing(name)
            #expect(clock.now == .seconds(5))
            #expect(fixture.server.faults.fired == [4, 2])
        }
    }

    @Test func `is waited for as long as the server takes, unless the task is cancelled`() async throws {
        try await withFixture(.init(version: "1.17.0", indexingTime: .seconds(3_600))) { fixture in
            let clock = ManualClock()
            let generations = QdrantGenerations(
                client: fixture.client,
                source: "notes",
                version: try await fixture.client.version(),
                clock: RunClock(clock),
                timestamp: { "2026-01-02T03:04:05Z" }
            )
            let name = try await generations.create(1, for: fixture.identity, payloadIndexes: [])
            let error = await withTaskGroup(of: PipelineError?.self) { group in
                group.addTask {
                    await failure { () async throws(PipelineError) in try await generations.finishIndexing(name) }
                }
                for _ in 0..<3 {
                    await clock.sleepers.reaches(1)
                    clock.advance(by: .seconds(1))
                }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(error?.kind == .cancelled)
            let told = try await fixture.ask("GET", "/collections/c__g1")
            #expect(told["status"] as? String == "yellow")
        }
    }

    @Test func `that stays grey counts as done`() async throws {
        try await withFixture { fixture in
            let generations = try await fixture.generations()
            let name = try await generations.create(1, for: fixture.identity, payloadIndexes: [])
            fixture.server.faults.set(.init(.collection, .collectionStatus("grey")))
            try await generations.finishIndexing(name)
            #expect(fixture.server.faults.fired == [6])
        }
    }

    @Test func `that cannot be indexed is an error that says why`() async throws {
        try await withFixture { fixture in
            let generations = try await fixture.generations()
            let name = try await generations.create(1, for: fixture.identity, payloadIndexes: [])
            fixture.server.faults.set(.init(.collection, .collectionStatus("red")))
            let error = await failure { () async throws(PipelineError) in try await generations.finishIndexing(name) }
            #expect(error?.kind == .setup)
            #expect(error?.message.contains("No space left on device") == true)
        }
    }

    @Test func `bears its canaries and stays in the making while runs write to it`() async throws {
        try await withFixture { fixture in
            var identity = fixture.identity
            identity.canaries = [vector("[0.5,0.25,0.125]")]
            let generations = try await fixture.generations()
            let name = try await generations.create(1, for: identity, payloadIndexes: [])
            let collection = QdrantCollection(
                client: fixture.client.aimed(at: name),
                source: "notes",
                identity: identity,
                version: try await fixture.client.version()
            )
            try await collection.prepare(runID: "run")
            let building = try #require(try await fixture.findings(fixture.client.aimed(at: name)))
            #expect(building.isBuilding)
            #expect(building.indexingThreshold == 0)
            #expect(building.identity == identity)
            #expect(building.stamp == .run("run"))
            try await generations.finishIndexing(name)
            let built = try #require(try await fixture.findings(fixture.client.aimed(at: name)))
            #expect(!built.isBuilding)
            #expect(built.indexingThreshold == 10_000)
            #expect(built.stamp == .run("run"))
        }
    }

    @Test func `cannot have a name that is too long`() async throws {
        try await withFixture { fixture in
            let http = try HTTPClient(configuration: .init(userAgent: "tests"))
            let client = QdrantClient(
                baseURL: fixture.server.url,
                collection: try CollectionName(String(repeating: "c", count: 253)),
                http: http
            )
            let generations = QdrantGenerations(
                client: client,
                source: "notes",
                version: try await fixture.client.version(),
                clock: fixture.clock,
                timestamp: { "" }
            )
            let error = await failure { () async throws(PipelineError) in
                _ = try await generations.create(1, for: fixture.identity, payloadIndexes: [])
            }
            #expect(error?.remedy?.contains("shorter") == true)
            await http.shutDown()
        }
    }
}

extension Fixture {
    fileprivate func told(_ name: CollectionName) async throws -> (threshold: Int?, fields: [String]) {
        let result = try await ask("GET", "/collections/\(name)")
        let config = result["config"] as? [String: Any]
        let schema = result["payload_schema"] as? [String: Any]
        return (
            (config?["optimizer_config"] as? [String: Any])?["indexing_threshold"] as? Int,
            schema?.keys.sorted() ?? []
        )
    }

    fileprivate func creating(_ number: Int, _ identity: VectorIdentity) async -> PipelineError? {
        do {
            _ = try await generations().create(number, for: identity, payloadIndexes: [])
            return nil
        } catch {
            return error as? PipelineError
        }
    }
}
