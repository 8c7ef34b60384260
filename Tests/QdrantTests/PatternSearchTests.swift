import CurlHTTP
import Foundation
import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

@Suite("A search by vector")
struct PatternSearchTests {
    @Test func `answers the nearest first, of one language if wanted, and knows who filled the collection`()
        async throws
    {
        try await withFixture { fixture in
            try await fixture.collection().prepare(runID: "g")
            _ = try await fixture.sink().upsert([
                point(
                    .integer(1),
                    "[1,0,0]",
                    payload: #"{"pattern_name":"one","language":"swift","file_path":"a","code":"x"}"#
                ),
                point(.integer(2), "[0.9,0.1,0]", payload: #"{"pattern_name":"two","language":"c"}"#),
                point(.integer(3), "[0,1,0]", payload: #"{"pattern_name":"three","language":"c"}"#),
            ])
            let search = PatternSearch(client: fixture.client)
            let found12 = try await search.identity(source: "notes")
            #expect(found12 == fixture.identity)
            let found13 = try await search.identity(source: "others")
            #expect(found13 == nil)
            let vector = Vector(json: Array("[1,0,0]".utf8)[...])
            let all = try await search.nearest(to: vector, limit: 2, language: nil)
            #expect(all.map(\.name) == ["one", "two"])
            #expect(all.first?.id == "1")
            #expect(abs((all.first?.score ?? 0) - 1) < 1e-4)
            let c = try await search.nearest(to: vector, limit: 5, language: "c")
            #expect(c.map(\.name) == ["two", "three"])
        }
    }
}
