import Foundation
import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

@Suite("Indexing that is put off")
struct IndexDeferralTests {
    private static let versions = ["1.10.1", "1.15.4", "1.16.0", "1.17.0"]

    @Test(arguments: [
        (IndexDeferral.auto, 49_999, 0, false), (.auto, 50_000, 0, true), (.auto, 50_000, 4_999, true),
        (.auto, 50_000, 5_000, false), (.auto, 1_000_000, 99_999, true), (.on, 1, 1, true), (.off, 1_000_000, 0, false),
    ])
    func `is for first loads of many rows, unless it is said otherwise`(
        deferral: IndexDeferral,
        rows: Int,
        points: Int,
        isDeferred: Bool
    ) {
        #expect(deferral.defers(rows: rows, points: points) == isDeferred)
    }

    @Test(arguments: zip(versions, [20_000, 10_000, 10_000, 10_000]))
    func `is noted, and put back`(_ version: String, _ usual: Int) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(runID: "g1")
            let before = try await collection.indexingThreshold()
            #expect(before == usual)
            try await collection.deferIndexing()
            // Once more, as after an answer that was lost.
            try await collection.deferIndexing()
            let hasMetadata = version >= "1.16"
            let deferred = try #require(try await fixture.findings())
            #expect(deferred.indexingThreshold == 0)
            #expect(deferred.isIndexingDeferred)
            let told = try await collection.indexingThreshold()
            #expect(told == (hasMetadata ? 0 : 1_000_000_000_000 + usual))
            try await collection.restoreIndexing()
            let restored = try #require(try await fixture.findings())
            #expect(restored.indexingThreshold == usual)
            #expect(!restored.isIndexingDeferred)
            #expect(restored.stamp == (hasMetadata ? .run("g1") : .impossible))
            let note = try await fixture.note()
            #expect(note == nil)
        }
    }

    @Test(arguments: ["1.15.4", "1.16.0"])
    func `gives way to the threshold that was there, whoever restores it`(_ version: String) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(runID: "g1")
            try await fixture.ask("PATCH", "/collections/c", #"{"optimizers_config":{"indexing_threshold":777}}"#)
            try await collection.deferIndexing()
            try await fixture.collection().restoreIndexing()
            let restored = try await fixture.findings()
            #expect(restored?.indexingThreshold == 777)
        }
    }

    @Test func `is known to a server that was updated meanwhile`() async throws {
        try await withFixture { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(runID: "g1")
            let old = #"{"optimizers_config":{"indexing_threshold":1000000000777}}"#
            try await fixture.ask("PATCH", "/collections/c", old)
            let found = try await fixture.findings()
            #expect(found?.isIndexingDeferred == true)
            try await collection.deferIndexing()
            let note = try await fixture.note()
            #expect(note == 777)
            try await collection.restoreIndexing()
            let restored = try await fixture.findings()
            #expect(restored?.indexingThreshold == 777)
        }
    }

    @Test(arguments: ["1.15.4", "1.16.0"])
    func `leaves a threshold that somebody has set meanwhile`(_ version: String) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(runID: "g1")
            try await collection.deferIndexing()
            try await fixture.ask("PATCH", "/collections/c", #"{"optimizers_config":{"indexing_threshold":5}}"#)
            let found = try await fixture.findings()
            #expect(found?.isIndexingDeferred == false)
            try await collection.restoreIndexing()
            let restored = try await fixture.findings()
            #expect(restored?.indexingThreshold == 5)
            let note = try await fixture.note()
            #expect(note == nil)
        }
    }

    @Test(arguments: ["1.15.4", "1.16.0"])
    func `notes the threshold anew where somebody has set one since the last note`(_ version: String) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(runID: "g1")
            try await collection.deferIndexing()
            try await fixture.ask("PATCH", "/collections/c", #"{"optimizers_config":{"indexing_threshold":5}}"#)
            try await collection.deferIndexing()
            let deferred = try await fixture.findings()
            #expect(deferred?.isIndexingDeferred == true)
            try await collection.restoreIndexing()
            let restored = try await fixture.findings()
            #expect(restored?.indexingThreshold == 5)
        }
    }

    @Test(arguments: zip(["1.15.4", "1.15.4", "1.16.0"], [0, 2_000_000_000_000, 0]))
    func `is not what somebody else has switched off`(_ version: String, _ threshold: Int) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(runID: "g1")
            let change = #"{"optimizers_config":{"indexing_threshold":\#(threshold)}}"#
            try await fixture.ask("PATCH", "/collections/c", change)
            let found = try await fixture.findings()
            #expect(found?.indexingThreshold == threshold)
            #expect(found?.isIndexingDeferred == false)
        }
    }

    /// The note on the way there and back, and the threshold.
    @Test(arguments: ["indexing_threshold\":10000", "indexing_threshold\":0"], [FaultKind.status(503), .cutBody])
    func `is gone on with after a request that failed, or whose answer was lost`(
        _ match: String,
        _ fault: FaultKind
    ) async throws {
        try await withFixture { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(runID: "g1")
            fixture.server.faults.set(.init(.path("/collections/c"), match: match, fault, when: .first(1)))
            let error = await failure { () async throws(PipelineError) in try await collection.deferIndexing() }
            #expect(error?.isRetryable == true, "\(String(describing: error))")
            try await collection.deferIndexing()
            let deferred = try await fixture.findings()
            #expect(deferred?.isIndexingDeferred == true)
            #expect(fixture.server.faults.fired == [1])
            fixture.server.faults.set(
                .init(.path("/collections/c"), match: "optimizers_config", fault, when: .first(1)),
                .init(.path("/collections/c"), match: "metadata", fault, when: .first(1))
            )
            for _ in 0..<2 {
                let error = await failure { () async throws(PipelineError) in try await collection.restoreIndexing() }
                #expect(error?.isRetryable == true, "\(String(describing: error))")
            }
            try await collection.restoreIndexing()
            let restored = try await fixture.findings()
            #expect(restored?.indexingThreshold == 10_000)
            let note = try await fixture.note()
            #expect(note == nil)
        }
    }
}

@Suite("The wait for an index")
struct IndexWaitTests {
    @Test func `tells how far the server is`() async throws {
        try await withFixture(.init(indexingPace: .milliseconds(20))) { fixture in
            let collection = try await fixture.loaded()
            var told: [IndexingProgress] = []
            let clock = RunClock(ContinuousClock())
            let isDone = try await collection.waitUntilIndexed(atMost: .seconds(60), clock) { told.append($0) }
            #expect(isDone)
            #expect(told.allSatisfy { $0.vectors == 100 && $0.indexed < 100 })
            #expect(told.map(\.indexed) == told.map(\.indexed).sorted())
        }
    }

    @Test func `ends after its limit`() async throws {
        try await withFixture(.init(indexingPace: .seconds(3_600))) { fixture in
            let collection = try await fixture.loaded()
            let clock = fixture.clock
            var told: [IndexingProgress] = []
            let isDone = try await collection.waitUntilIndexed(atMost: .seconds(90), clock) { told.append($0) }
            #expect(!isDone)
            #expect(clock.now == .seconds(90))
            #expect(told == Array(repeating: IndexingProgress(indexed: 0, vectors: 100), count: 90))
        }
    }

    @Test func `wakes a server that does nothing of itself`() async throws {
        try await withFixture { fixture in
            let collection = try await fixture.loaded()
            let clock = fixture.clock
            let before = fixture.requests("PATCH /collections/*")
            fixture.server.faults.set(.init(.collection, .collectionStatus("grey"), when: .first(3)))
            let isDone = try await collection.waitUntilIndexed(atMost: .seconds(90), clock) { _ in }
            #expect(isDone)
            #expect(fixture.requests("PATCH /collections/*") == before + 1)
            let threshold = try await fixture.findings()?.indexingThreshold
            #expect(threshold == 1)
        }
    }

    @Test func `ends with the reason why there will be no index`() async throws {
        try await withFixture { fixture in
            let collection = try await fixture.loaded()
            fixture.server.faults.set(.init(.collection, .collectionStatus("red")))
            let clock = fixture.clock
            let error = await failure { () async throws(PipelineError) in
                _ = try await collection.waitUntilIndexed(atMost: .seconds(90), clock) { _ in }
            }
            #expect(error?.kind == .setup)
            #expect(error?.message.contains("No space left on device") == true)
        }
    }
}

extension Fixture {
    /// The threshold that the stamp notes; nil where it notes none.
    fileprivate func note() async throws -> Int? {
        let config = try await ask("GET", "/collections/c")["config"] as? [String: Any]
        let stamp = (config?["metadata"] as? [String: Any])?["pattern-sync.notes"] as? [String: Any]
        return stamp?["indexing_threshold"] as? Int
    }

    /// The collection with a hundred points, which are being indexed from now on: their vectors take a kilobyte.
    fileprivate func loaded() async throws -> QdrantCollection {
        let collection = try await collection()
        try await collection.prepare(runID: "g1")
        try await collection.deferIndexing()
        try await put((1...100).map { #"{"id":\#($0),"vector":[1,0,0]}"# }.joined(separator: ","))
        try await ask("PATCH", "/collections/c", #"{"optimizers_config":{"indexing_threshold":1}}"#)
        return collection
    }
}
