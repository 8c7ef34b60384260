import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

@Suite("A look at a collection")
struct CollectionFindingsTests {
    @Test(arguments: [("1.10.1", 20_000), ("1.15.4", 10_000), ("1.16.0", 10_000), ("1.17.0", 10_000)])
    func `tells whose points it holds and how it is`(_ version: String, _ threshold: Int) async throws {
        try await withFixture(.init(version: version)) { fixture in
            let collection = try await fixture.collection()
            let nothing = try await fixture.findings()
            #expect(nothing == nil)
            try await collection.prepare(runID: "g1")
            _ = try await fixture.sink().upsert([point(.integer(1)), point(.integer(2)), point(.integer(3))])
            for payload in ["{}", #"{"_sync":{}}"#, #"{"_sync":{"source":null}}"#, #"{"_sync":5}"#] {
                let id = 10 + payload.count
                try await fixture.put(#"{"id":\#(id),"vector":[1,0,0],"payload":\#(payload)}"#)
            }
            for name in ["a", "b"] {
                try await fixture.put(
                    #"{"id":\#(name == "a" ? 100 : 101),"vector":[1,0,0],"payload":{"_sync":{"source":"\#(name)"}}}"#
                )
            }
            let findings = try #require(try await fixture.findings())
            #expect(findings.collection.description == "c")
            #expect(findings.ownPoints == 3)
            #expect(findings.unmarkedPoints == 4)
            #expect(findings.foreignPoints == 2)
            #expect(findings.points == 9)
            #expect(findings.keepsFloat32)
            #expect(findings.indexingThreshold == threshold)
            #expect(findings.status == .green)
            #expect(!findings.isBuilding)
            let hasMetadata = version >= "1.16"
            #expect(findings.stamp == (hasMetadata ? .run("g1") : .impossible))
            #expect(findings.identity == (hasMetadata ? fixture.identity : nil))
            #expect(findings.queueLength == (version >= "1.17" ? 0 : nil))
        }
    }

    @Test(arguments: [CollectionStatus.green, .yellow, .grey, .red])
    func `tells the status`(_ status: CollectionStatus) async throws {
        try await withFixture(.init(version: "1.17.0")) { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(runID: "g1")
            fixture.server.faults.set(.init(.collection, .collectionStatus(status.rawValue)))
            let findings = try await fixture.findings()
            #expect(findings?.status == status)
        }
    }

    @Test func `fails only when the server does`() async throws {
        try await withFixture { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(runID: "g1")
            fixture.server.faults.set(.init(.collection, .status(503)))
            let error = await failure { () async throws(PipelineError) in _ = try await fixture.findings() }
            #expect(error?.isRetryable == true)
        }
    }
}
