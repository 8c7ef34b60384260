import CurlHTTP
import Foundation
import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

@Suite("An upsert")
struct UpsertTests {
    @Test func `is what the engine is promised`() async throws {
        try await withFixture { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(runID: "g")
            let contract = VectorSinkContract(
                fixture.sink(),
                point: { point(.integer(UInt64($0))) },
                count: { try await fixture.sink().count() }
            )
            try await contract.check()
        }
    }

    @Test func `is cut into requests that the server takes`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let points = (1...50).map { point(.integer(UInt64($0)), text: String(repeating: "x", count: 1_000)) }
            let requests = try await fixture.sink(bodyLimit: 8_000).upsert(points)
            #expect((7...12).contains(requests))
            let found10 = try await fixture.existing(points.map(\.row.key))
            #expect(found10.count == 50)
        }
    }

    @Test func `is not believed before it is completed`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            fixture.server.faults.set(.init(.upsert, .waitTimeout, when: .first(1)))
            let error = await failure { () async throws(PipelineError) in
                _ = try await fixture.sink().upsert([point(.integer(1))])
            }
            #expect(error?.isRetryable == true)
            #expect(error?.message.contains("wait_timeout") == true)
        }
    }

    @Test func `of a bad point is that row's fault`() async throws {
        let deep = String(repeating: "{\"a\":", count: 200) + "1" + String(repeating: "}", count: 200)
        for payload in ["{\"n\": 1e400}", deep] {
            try await withFixture { fixture in
                try await fixture.collection().prepare(runID: "g")
                let error = await failure { () async throws(PipelineError) in
                    _ = try await fixture.sink().upsert([point(.integer(1)), point(.integer(2), payload: payload)])
                }
                #expect(error?.rowFault == .unstorable, "\(String(describing: error))")
            }
        }
    }

    @Test func `of a point over the server's limit is that row's fault`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let error = await failure { () async throws(PipelineError) in
                _ = try await fixture.sink().upsert([point(.integer(1), text: String(repeating: "x", count: 33 << 20))])
            }
            #expect(error?.rowFault == .unstorable, "\(String(describing: error))")
        }
    }

    @Test func `of vectors that do not fit the collection is the set-up's fault`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let error = await failure { () async throws(PipelineError) in
                _ = try await fixture.sink().upsert([point(.integer(1), "[1,2]")])
            }
            #expect(error?.kind == .setup)
        }
    }

    @Test(arguments: [429, 500, 503])
    func `is tried again when the server cannot answer for now`(_ status: Int) async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            fixture.server.faults.set(.init(.upsert, .status(status, headers: ["Retry-After": "3"]), when: .first(1)))
            let error = await failure { () async throws(PipelineError) in
                _ = try await fixture.sink().upsert([point(.integer(1))])
            }
            #expect(error?.kind == .server(retryAfter: .seconds(3)))
        }
    }

    @Test func `without the server's key is refused in words`() async throws {
        try await withFixture(.init(apiKey: "k3y"), apiKey: "wrong") { fixture in
            let error = await failure { () async throws(PipelineError) in
                _ = try await fixture.sink().upsert([point(.integer(1))])
            }
            #expect(error?.kind == .setup)
            #expect(error?.remedy?.contains("QDRANT_API_KEY") == true)
        }
    }

    @Test func `works over a connection that the server has closed meanwhile`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            _ = try await fixture.sink().upsert([point(.integer(1))])
            fixture.server.faults.set(.init(.upsert, .reset, when: .first(1)))
            let error = await failure { () async throws(PipelineError) in
                _ = try await fixture.sink().upsert([point(.integer(2))])
            }
            #expect(error == nil || error?.isRetryable == true)
            let found11 = try await fixture.sink().upsert([point(.integer(2))])
            #expect(found11 == 1)
        }
    }
}
