import Foundation
import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

@Suite("A new payload")
struct PayloadReplacementTests {
    private let batch = "/collections/c/points/batch"

    @Test func `replaces the old one whole and leaves the vector`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            _ = try await fixture.sink().upsert([
                point(.integer(1), "[0.6,0.8,0]", payload: #"{"old":1}"#), point(.integer(2), "[0,1,0]"),
            ])
            let new = point(.integer(1), text: "new \"text\"", payload: #"{"new": {"x": 2.50}}"#).row
            let sink = fixture.sink(embedder: "f1")
            let requests = try await sink.replacePayloads([
                PayloadUpdate(row: new, isTruncated: true),
                PayloadUpdate(row: point(.integer(2), text: "other").row, isTruncated: false),
            ])
            #expect(requests == 1)
            let found = try await sink.points(of: [.integer(1), .integer(2)], .payloads)
            let stored = try #require(found[.integer(1)])
            #expect(stored.mark == .current)
            #expect(stored.isTruncated)
            #expect(sink.agrees(stored, with: new))
            #expect(found[.integer(2)]?.isTruncated == false)
            let raw = try await fixture.point("1")
            #expect((raw["vector"] as? [Double])?.map { ($0 * 10).rounded() } == [6, 8, 0])
            #expect((raw["payload"] as? [String: Any])?.keys.sorted() == ["_sync", "new", "sync_timestamp", "text"])
        }
    }

    @Test func `is what an upsert of the same row would have stored`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let sink = fixture.sink(keyKind: .text)
            var row = point(.text("k \"1\""), text: "t", payload: #"{"a": [1, {"b": "\\"}]}"#)
            row.isTruncated = true
            _ = try await sink.upsert([row])
            let before = try await sink.points(of: [row.row.key], .payloads)[row.row.key]?.payload
            _ = try await sink.replacePayloads([PayloadUpdate(row: row.row, isTruncated: true)])
            let after = try await sink.points(of: [row.row.key], .payloads)[row.row.key]?.payload
            #expect(try object(before) == object(after))
        }
    }

    @Test func `is cut into requests that the server takes`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let points = (1...50).map { point(.integer(UInt64($0)), text: String(repeating: "x", count: 1_000)) }
            _ = try await fixture.sink().upsert(points)
            fixture.server.resetStats()
            let updates = points.map { PayloadUpdate(row: $0.row, isTruncated: true) }
            let requests = try await fixture.sink(bodyLimit: 8_000).replacePayloads(updates)
            #expect((7...12).contains(requests))
            #expect(fixture.requests("POST /collections/*/points/batch") == requests)
            #expect(fixture.server.stats().largestBodyBytes <= 8_000)
            let found = try await fixture.sink().points(of: points.map(\.row.key), .marks)
            #expect(found.values.filter(\.isTruncated).count == 50)
            let none = try await fixture.sink().replacePayloads([])
            #expect(none == 0)
        }
    }

    @Test func `for a point that is not there is that row's fault`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            _ = try await fixture.sink().upsert([point(.integer(1))])
            let error = await replacing([.integer(1), .integer(2)], fixture)
            #expect(error?.rowFault == .unstorable, "\(String(describing: error))")
        }
    }

    @Test func `that the server does not take is that row's fault`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            _ = try await fixture.sink().upsert([point(.integer(1))])
            let error = await replacing([.integer(1)], fixture, payload: #"{"n":1e400}"#)
            #expect(error?.rowFault == .unstorable, "\(String(describing: error))")
        }
    }

    @Test func `for a collection that is not there is the set-up's fault`() async throws {
        try await withFixture { fixture in
            let error = await replacing([.integer(1)], fixture)
            #expect(error?.kind == .setup)
        }
    }

    @Test func `is not believed before every one is completed`() async throws {
        let completed = #"{"operation_id":1,"status":"completed"}"#
        for result in [
            #"[\#(completed),{"operation_id":1,"status":"wait_timeout"}]"#,
            #"[\#(completed),{"operation_id":1,"status":"acknowledged"}]"#,
            "[\(completed)]", "[\(completed),\(completed),\(completed)]", completed,
        ] {
            try await withFixture { fixture in
                try await fixture.collection().prepare(runID: "g")
                let answer = #"{"result":\#(result),"status":"ok","time":0}"#
                fixture.server.faults.set(.init(.path(batch), .status(200, body: answer)))
                let error = await replacing([.integer(1), .integer(2)], fixture)
                #expect(error?.isRetryable == true, "\(result)")
            }
        }
    }

    @Test func `is tried again when the server cannot answer for now`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            fixture.server.faults.set(.init(.path(batch), .status(429, headers: ["Retry-After": "3"])))
            let error = await replacing([.integer(1)], fixture)
            #expect(error?.kind == .server(retryAfter: .seconds(3)))
        }
    }

    private func replacing(_ keys: [RowKey], _ fixture: Fixture, payload: String = "{}") async -> PipelineError? {
        let updates = keys.map { PayloadUpdate(row: point($0, payload: payload).row, isTruncated: false) }
        return await failure { () async throws(PipelineError) in
            _ = try await fixture.sink().replacePayloads(updates)
        }
    }

    private func object(_ payload: Bytes?) throws -> NSDictionary {
        let payload = try #require(payload)
        return try #require(try JSONSerialization.jsonObject(with: Data(payload)) as? NSDictionary)
    }
}
