import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

@Suite("A deletion")
struct DeletionTests {
    @Test func `removes the points it names, and minds none that are gone`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let sink = fixture.sink()
            let uuid = RowKey.uuid("0b5a1c1e-0000-4000-8000-00000000000a")
            let keys: [RowKey] = [.integer(1), .integer(2), uuid]
            _ = try await sink.upsert(keys.map { point($0) })
            let page = try await sink.ownPoints(from: nil, limit: 10)
            let doomed = page.points.filter { $0.id != "1" } + [PointReference(id: "99", key: nil)]
            for _ in 0..<2 {
                let requests = try await sink.delete(doomed)
                #expect(requests == 1)
            }
            let left = try await fixture.existing(keys)
            #expect(left == [.integer(1)])
            let none = try await sink.delete([])
            #expect(none == 0)
        }
    }

    @Test func `is cut into requests that the server takes`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let points = (100...199).map { point(.integer(UInt64($0))) }
            _ = try await fixture.sink().upsert(points)
            fixture.server.resetStats()
            let references = (100...199).map { PointReference(id: "\($0)", key: nil) }
            // Room for ten ids of three digits with their commas.
            let requests = try await fixture.sink(bodyLimit: 53).delete(references)
            #expect(requests == 10)
            #expect(fixture.server.stats().largestBodyBytes <= 53)
            let count = try await fixture.sink().count()
            #expect(count == 0)
        }
    }

    @Test func `is not believed before it is completed`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            fixture.server.faults.set(.init(.path("/collections/c/points/delete"), .waitTimeout))
            let error = await failure { () async throws(PipelineError) in
                _ = try await fixture.sink().delete([PointReference(id: "1", key: nil)])
            }
            #expect(error?.isRetryable == true)
            #expect(error?.message.contains("wait_timeout") == true)
        }
    }
}
