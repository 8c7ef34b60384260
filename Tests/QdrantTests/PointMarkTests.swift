import Foundation
import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

@Suite("A stored point's mark")
struct PointMarkTests {
    private let hash = String(repeating: "a", count: 64)

    @Test func `is current where the sync wrote it, with its hashes`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            var cut = point(.integer(2))
            cut.isTruncated = true
            _ = try await fixture.sink().upsert([point(.integer(1)), cut])
            let found = try await fixture.sink().points(of: [.integer(2), .integer(1), .integer(3)], .marks)
            #expect(Set(found.keys) == [.integer(1), .integer(2)])
            for stored in found.values {
                #expect(stored.mark == .current)
                #expect(stored.textHash.map(string) == hash)
                #expect(stored.payloadHash.map(string) == hash)
                #expect(stored.payload == nil)
                #expect(stored.vector == nil)
            }
            #expect(found[.integer(1)]?.isTruncated == false)
            #expect(found[.integer(2)]?.isTruncated == true)
        }
    }

    @Test(arguments: [
        (#"{"source":"notes","hash_version":1,"embedder":"f1"}"#, StoredPoint.Mark.current),
        (#"{"embedder":"f1","other":[{}],"\u0073ource":"n\u006ftes","hash_version":1}"#, .current),
        (#"{"source":"notes","hash_version":1,"embedder":"f2"}"#, .outdated),
        (#"{"source":"notes","hash_version":2,"embedder":"f1"}"#, .outdated),
        (#"{"source":"notes","hash_version":"1","embedder":"f1"}"#, .outdated),
        (#"{"source":"notes"}"#, .outdated),
        (#"{"source":"Notes","hash_version":1,"embedder":"f1"}"#, .foreign("Notes")),
        (#"{"source":"n\"\\\n\u00e9\ud83d\ude00","hash_version":1}"#, .foreign("n\"\\\né😀")),
        (#"{"hash_version":1,"embedder":"f1"}"#, .none),
        (#"{"source":7}"#, .none), (#""notes""#, .none), ("null", .none), ("{}", .none), (#"["source"]"#, .none),
    ])
    func `tells whose it is`(sync: String, mark: StoredPoint.Mark) async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            try await fixture.store(#"{"id":1,"vector":[1,0,0],"payload":{"a":{"_sync":1},"_sync":\#(sync),"b":"x"}}"#)
            for detail in [PointDetail.marks, .payloads, .vectors] {
                let found = try await fixture.sink().points(of: [.integer(1)], detail)
                #expect(found[.integer(1)]?.mark == mark, "\(detail)")
            }
        }
    }

    @Test func `is outdated where another key stands under the id of a text`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let sink = fixture.sink(keyKind: .text)
            _ = try await sink.upsert([point(.text("e\u{301}"))])
            // python3 -c "import uuid; print(uuid.uuid5(uuid.NAMESPACE_URL, 'pattern-sync:notes:key'))"
            let sync = #"{"source":"notes","hash_version":1,"embedder":"f1","key":"other"}"#
            try await fixture.store(
                #"{"id":"bded3d4d-debc-5e0b-8555-2cab76edd303","vector":[1,0,0],"payload":{"_sync":\#(sync)}}"#
            )
            let found = try await sink.points(of: [.text("e\u{301}"), .text("\u{e9}"), .text("key")], .marks)
            #expect(found.mapValues(\.mark) == [.text("e\u{301}"): .current, .text("key"): .outdated])
        }
    }

    @Test func `of a point that somebody else wrote comes with the hash of its text`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            try await fixture.store(
                #"{"id":1,"vector":[1,0,0],"payload":{"text":"an \u006fld \"text\"","code":"x"}}"#,
                #"{"id":2,"vector":[1,0,0],"payload":{"text":7}}"#,
                #"{"id":3,"vector":[1,0,0]}"#,
                #"{"id":4,"vector":[1,0,0],"payload":{"text":"x","_sync":{"text_hash":"h","truncated":true}}}"#
            )
            let keys: [RowKey] = [.integer(1), .integer(2), .integer(3), .integer(4)]
            for detail in [PointDetail.marks, .payloads, .vectors] {
                let found = try await fixture.sink().points(of: keys, detail)
                #expect(found.count == 4)
                #expect(found.values.allSatisfy { $0.mark == .none && $0.payloadHash == nil && !$0.isTruncated })
                // printf 'an old "text"' | sha256sum
                #expect(
                    found[.integer(1)]?.textHash.map(string)
                        == "5b6364e69f31695b9dcb6bbd641c134468677a201e1bbded0780a2b715bb048a"
                )
                #expect(found[.integer(2)]?.textHash == nil)
                #expect(found[.integer(3)]?.textHash == nil)
                // printf x | sha256sum
                #expect(
                    found[.integer(4)]?.textHash.map(string)
                        == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
                )
            }
        }
    }

    @Test func `of a thousand points takes one request, and texts only where there is no mark`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let points = (0..<1_000).map { point(.integer(UInt64($0)), payload: #"{"n":\#($0)}"#) }
            _ = try await fixture.sink().upsert(points)
            fixture.server.resetStats()
            let found = try await fixture.sink().points(of: points.map(\.row.key), .marks)
            #expect(found.count == 1_000)
            #expect(found.values.allSatisfy { $0.mark == .current })
            #expect(fixture.requests("POST /collections/*/points") == 1)
            let none = try await fixture.sink().points(of: [], .marks)
            #expect(none.isEmpty)
            #expect(fixture.requests("POST /collections/*/points") == 1)
        }
    }

    private func string(_ bytes: Bytes) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
