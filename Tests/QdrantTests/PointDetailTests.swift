import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

@Suite("A stored point")
struct PointDetailTests {
    @Test func `brings its payload along byte by byte`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let payload = #"{ "text" : "é\u00e9}", "list":[1, 2.50,{"x":null}] ,"big":18446744073709551615}"#
            try await fixture.store(
                #"{"id":1,"payload":\#(payload),"vector":[1,0,0]}"#,
                #"{"id":2,"vector":[1,0,0]}"#
            )
            let found = try await fixture.sink().points(of: [.integer(1), .integer(2)], .payloads)
            #expect(found[.integer(1)]?.payload.map { String(decoding: $0, as: UTF8.self) } == payload)
            #expect(found[.integer(2)]?.payload.map { String(decoding: $0, as: UTF8.self) } == "{}")
            #expect(found.values.allSatisfy { $0.vector == nil })
        }
    }

    @Test func `brings its vector along where it is one that can be used`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            _ = try await fixture.sink().upsert([point(.integer(1), "[0.6,0,0.8]")])
            try await fixture.store(#"{"id":2,"vector":[0,0,0],"payload":{"_sync":{"source":"notes"}}}"#)
            let found = try await fixture.sink().points(of: [.integer(1), .integer(2)], .vectors)
            #expect(found[.integer(1)]?.mark == .current)
            #expect(found[.integer(1)]?.vector.map { String(decoding: $0.json, as: UTF8.self) } == "[0.6,0.0,0.8]")
            #expect(found[.integer(2)]?.mark == .outdated)
            #expect(found[.integer(2)]?.vector == nil)
            #expect(found.values.allSatisfy { $0.payload == nil })
        }
    }

    @Test(arguments: [PointDetail.payloads, .vectors])
    func `is one of a thousand that come with all they have`(detail: PointDetail) async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let points = (0..<1_000).map { point(.integer(UInt64($0)), text: "text \($0)", payload: #"{"n":\#($0)}"#) }
            _ = try await fixture.sink().upsert(points)
            let found = try await fixture.sink().points(of: points.map(\.row.key), detail)
            #expect(found.count == 1_000)
            for point in points {
                let stored = try #require(found[point.row.key])
                if detail == .vectors {
                    #expect(stored.vector != nil)
                } else {
                    #expect(fixture.sink().agrees(stored, with: point.row))
                }
            }
        }
    }

    @Test(arguments: [
        #"{"result":{"points":[]}}"#, #"{"result":[{"payload":{}}]}"#, #"{"result":[7]}"#, #"{"status":"ok"}"#,
        #"{"result":[{"id":1}]"#, "[]", "",
    ])
    func `is not made up of an answer that is something else`(answer: String) async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            fixture.server.faults.set(.init(.path("/collections/c/points"), .status(200, body: answer)))
            let error = await failure { () async throws(PipelineError) in
                _ = try await fixture.sink().points(of: [.integer(1)], .marks)
            }
            #expect(error?.isRetryable == true)
            #expect(error?.message.contains("expected JSON") == true)
        }
    }

    @Test(arguments: Call.allCases, [400, 403, 404, 422])
    func `that cannot be asked for is never a row's fault`(call: Call, status: Int) async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            fixture.server.faults.set(.init(.path("/collections/c/points"), .status(status)))
            let refused = await failure { () async throws(PipelineError) in try await call.make(fixture.sink()) }
            #expect(refused?.kind == .setup)
            fixture.server.faults.set(.init(.path("/collections/c/points"), .status(503)))
            let down = await failure { () async throws(PipelineError) in try await call.make(fixture.sink()) }
            #expect(down?.isRetryable == true)
        }
    }

    enum Call: CaseIterable {
        case points
        case count
        case ownPoints
        case delete

        func make(_ sink: QdrantSink) async throws(PipelineError) {
            switch self {
            case .points: _ = try await sink.points(of: [.integer(1)], .marks)
            case .count: _ = try await sink.count()
            case .ownPoints: _ = try await sink.ownPoints(from: nil, limit: 1)
            case .delete: _ = try await sink.delete([PointReference(id: "1", key: nil)])
            }
        }
    }
}
