import CurlHTTP
import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

/// Answers that are larger than is taken, or that never end.
@Suite("An answer without measure", .timeLimit(.minutes(5)))
struct OversizeAnswerTests {
    /// A sink over `client` instead of the fixture's own.
    private func withSink(
        timeout: Duration = .seconds(120),
        maximumResponseBytes: Int = 64 << 20,
        _ body: (Fixture, QdrantSink, QdrantClient) async throws -> Void
    ) async throws {
        let http = try HTTPClient(configuration: .init(userAgent: "tests"))
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            let client = QdrantClient(
                baseURL: fixture.server.url,
                collection: fixture.client.collection,
                http: http,
                timeout: timeout,
                maximumResponseBytes: maximumResponseBytes
            )
            try await body(fixture, Fixture(server: fixture.server, client: client).sink(), client)
        }
        await http.shutDown()
    }

    @Test func `about many points is asked for in parts, and every point comes`() async throws {
        try await withSink(maximumResponseBytes: 20_000) { fixture, sink, _ in
            let points = (1...60).map { number in
                point(
                    .integer(UInt64(number)),
                    text: "text",
                    payload: "{\"n\":\"\(String(repeating: "x", count: number * 50))\"}"
                )
            }
            _ = try await fixture.sink().upsert(points)
            fixture.server.resetStats()
            let found = try await sink.points(of: points.map(\.row.key), .payloads)
            #expect(found.count == 60)
            for point in points {
                let stored = try #require(found[point.row.key])
                #expect(sink.agrees(stored, with: point.row))
            }
            #expect(fixture.requests("POST /collections/*/points") > 8)
        }
    }

    @Test func `about a single point names the point`() async throws {
        try await withSink(maximumResponseBytes: 20_000) { fixture, sink, _ in
            _ = try await fixture.sink().upsert([
                point(.integer(1)), point(.integer(2), payload: "{\"n\":\"\(String(repeating: "x", count: 30_000))\"}"),
            ])
            let error = await failure { () async throws(PipelineError) in
                _ = try await sink.points(of: [.integer(1), .integer(2)], .payloads)
            }
            #expect(error?.kind == .setup)
            #expect(error?.message.contains("the row with the key 2 is too large") == true, "\(error as Any)")
        }
    }

    @Test func `about points of others is asked for in smaller pages, and every point comes`() async throws {
        try await withSink(maximumResponseBytes: 20_000) { fixture, _, client in
            for id in 1...30 {
                let payload = String(repeating: "x", count: id * 100)
                try await fixture.store(#"{"id":\#(id),"vector":[1,0,0],"payload":{"n":"\#(payload)"}}"#)
            }
            let extra = ExtraPoints(client: client, source: "notes", keyKind: .integer)
            var ids: [String] = []
            var next: Position?
            repeat {
                let page = try await extra.page(from: next, limit: 30)
                ids += page.points.map(\.id)
                next = page.next
            } while next != nil
            #expect(ids == (1...30).map(String.init))
        }
    }

    @Test func `to an upsert is the server's fault`() async throws {
        try await withSink { fixture, sink, _ in
            fixture.server.faults.set(FaultRule(.upsert, .hugeBody(1 << 30)))
            let error = await failure { () async throws(PipelineError) in
                _ = try await sink.upsert([point(.integer(1))])
            }
            #expect(error?.isRetryable == true, "\(error as Any)")
        }
    }

    @Test func `that drips for ever is given up when its time is over`() async throws {
        try await withSink(timeout: .seconds(2)) { fixture, sink, _ in
            fixture.server.faults.set(FaultRule(.upsert, .endlessBody(chunkBytes: 1, delay: .milliseconds(20))))
            let error = await failure { () async throws(PipelineError) in
                _ = try await sink.upsert([point(.integer(1))])
            }
            #expect(error?.isRetryable == true, "\(error as Any)")
        }
    }
}
