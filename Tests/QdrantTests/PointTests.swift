import CurlHTTP
import Foundation
import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

@Suite("A point")
struct PointTests {
    @Test func `has the row's payload and what the sync adds`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let row = point(
                .uuid("0b5a1c1e-0000-4000-8000-000000000001"),
                "[ 0.6, 0.8 , 0]",
                text: "a \"text\"\n\u{1}👍",
                payload: "{\"list\": [1, 2.50, {\"x\": null}], \"big\": 18446744073709551615}"
            )
            let found7 = try await fixture.sink().upsert([row])
            #expect(found7 == 1)
            let stored = try await fixture.point("\"0b5a1c1e-0000-4000-8000-000000000001\"")
            let payload = try #require(stored["payload"] as? [String: Any])
            #expect(payload.keys.sorted() == ["_sync", "big", "list", "sync_timestamp", "text"])
            #expect(payload["text"] as? String == "a \"text\"\n\u{1}👍")
            #expect(payload["sync_timestamp"] as? String == "2026-01-02T03:04:05Z")
            #expect((payload["big"] as? NSNumber)?.uint64Value == .max)
            let sync = try #require(payload["_sync"] as? [String: Any])
            #expect(
                sync.keys.sorted() == ["embedder", "hash_version", "payload_hash", "source", "text_hash"]
            )
            #expect(sync["source"] as? String == "notes")
            #expect(sync["embedder"] as? String == "f1")
        }
    }

    @Test func `keeps a text key, and says when its text was cut`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            var cut = point(.text("a/\"key\""))
            cut.isTruncated = true
            _ = try await fixture.sink().upsert([cut])
            let answer = try await fixture.server.ask("POST", "/collections/c/points/scroll", "{}").body
            #expect(answer.contains(#""key":"a/\"key\"""#))
            #expect(answer.contains(#""truncated":true"#))
            let found8 = try await fixture.existing([.text("a/\"key\""), .text("b")])
            #expect(found8 == [.text("a/\"key\"")])
        }
    }

    @Test func `is found again under each kind of key`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let keys: [RowKey] = [
                .integer(0), .integer(.max), .uuid("0b5a1c1e-0000-4000-8000-00000000000a"), .text("x"),
            ]
            _ = try await fixture.sink().upsert(keys.map { point($0) })
            let found9 = try await fixture.existing(keys + [.integer(7)])
            #expect(found9 == Set(keys))
        }
    }

    @Test func `has the id that RFC 9562 gives a text key`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            _ = try await fixture.sink().upsert([point(.text("key"))])
            let answer = try await fixture.server.ask("POST", "/collections/c/points/scroll", "{}").body
            // python3 -c "import uuid; print(uuid.uuid5(uuid.NAMESPACE_URL, 'pattern-sync:notes:key'))"
            #expect(answer.contains(Self.expectedID), "\(answer)")
        }
    }

    private static let expectedID = "bded3d4d-debc-5e0b-8555-2cab76edd303"
}
