import Pipeline
import Qdrant
import TestSupport
import Testing

@Suite("The points of a sync")
struct OwnPointsTests {
    private static let uuid = "0b5a1c1e-0000-4000-8000-00000000000a"

    @Test func `are counted, and told page by page, without those of others`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let sink = fixture.sink()
            _ = try await sink.upsert((1...25).map { point(.integer(UInt64($0))) })
            _ = try await fixture.sink(source: "other").upsert((26...30).map { point(.integer(UInt64($0))) })
            try await fixture.store(
                #"{"id":31,"vector":[1,0,0]}"#,
                #"{"id":32,"vector":[1,0,0],"payload":{"source":"notes"}}"#
            )
            let count = try await sink.count()
            #expect(count == 25)
            var pages: [Int] = []
            var seen: [PointReference] = []
            var next: Position?
            repeat {
                let page = try await sink.ownPoints(from: next, limit: 10)
                pages.append(page.points.count)
                seen += page.points
                next = page.next
            } while next != nil
            #expect(pages == [10, 10, 5])
            #expect(Set(seen) == Set((1...25).map { PointReference(id: "\($0)", key: .integer(UInt64($0))) }))
        }
    }

    @Test func `are none in an empty collection`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let page = try await fixture.sink().ownPoints(from: nil, limit: 10)
            #expect(page.points.isEmpty)
            #expect(page.next == nil)
        }
    }

    @Test(arguments: [
        (PointKeyKind.integer, [RowKey.integer(7), nil, nil, nil]),
        (.uuid, [nil, .uuid("0b5a1c1e-0000-4000-8000-00000000000a"), .uuid(textID), .uuid(wrongID)]),
        (.text, [nil, nil, .text("a/\"kéy\"\u{1}"), nil]),
    ])
    func `have the keys that rows of the sync can have`(kind: PointKeyKind, expected: [RowKey?]) async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            _ = try await fixture.sink().upsert([
                point(.integer(7)), point(.uuid(Self.uuid)), point(.text("a/\"kéy\"\u{1}")),
            ])
            // A key that this id cannot be made of.
            try await fixture.store(
                #"{"id":"\#(Self.wrongID)","vector":[1,0,0],"payload":{"_sync":{"source":"notes","key":"x"}}}"#
            )
            let page = try await fixture.sink(keyKind: kind).ownPoints(from: nil, limit: 10)
            let keys = Dictionary(uniqueKeysWithValues: page.points.map { ($0.id, $0.key) })
            let ids = ["7"] + [Self.uuid, Self.textID, Self.wrongID].map { "\"\($0)\"" }
            #expect(Set(keys.keys) == Set(ids))
            #expect(ids.map { keys[$0] ?? nil } == expected)
        }
    }

    @Test func `do not include one that names several syncs`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            try await fixture.store(#"{"id":1,"vector":[1,0,0],"payload":{"_sync":{"source":["notes","other"]}}}"#)
            let page = try await fixture.sink().ownPoints(from: nil, limit: 10)
            #expect(page.points.isEmpty)
        }
    }

    @Test func `are told by a sync whose name needs escapes`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let sink = fixture.sink(source: "a \"b\"\\\n é👍")
            _ = try await sink.upsert([point(.integer(1))])
            let count = try await sink.count()
            #expect(count == 1)
            let page = try await sink.ownPoints(from: nil, limit: 10)
            #expect(page.points == [PointReference(id: "1", key: .integer(1))])
            let found = try await sink.points(of: [.integer(1)], .marks)
            #expect(found[.integer(1)]?.mark == .current)
        }
    }

    // python3 -c "import uuid; print(uuid.uuid5(uuid.NAMESPACE_URL, 'pattern-sync:notes:a/\"kéy\"\x01'))"
    private static let textID = "b87c6c81-1ab5-5ef9-acab-14616571aa4e"
    private static let wrongID = "00000000-0000-4000-8000-000000000009"
}
