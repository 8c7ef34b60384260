import CurlHTTP
import Foundation
import TestSupport
import Testing

/// What the tests of kills stand on: the sandbox's Qdrant keeps what it has acknowledged.
@Suite("The sandbox's Qdrant as a process", .endsSomeTime)
struct QdrantProcessTests {
    /// Upserts points one after another until the server is gone.
    ///
    /// - Returns: the last point that was acknowledged.
    private func fill(
        _ url: String,
        from first: Int,
        step: Int,
        _ client: HTTPClient,
        counting acknowledged: Level
    ) async -> Int {
        var id = first
        while true {
            let body = #"{"points":[{"id":\#(id),"vector":[1,\#(id)],"payload":{"number":\#(id)}}]}"#
            let answer = try? await client.send(
                HTTPRequest(.put, url + "/collections/c/points?wait=true", body: Array(body.utf8))
            )
            guard answer?.status == 200 else { return id - step }
            acknowledged.change(by: 1)
            id += step
        }
    }

    @Test func `has every point that it acknowledged after it was killed`() async throws {
        try await withTemporaryFolder { folder in
            let qdrant = try await SandboxProcess.qdrant(in: folder)
            let client = try HTTPClient(configuration: .init(userAgent: "tests"))
            let creation = HTTPRequest(
                .put,
                qdrant.url + "/collections/c",
                body: Array(#"{"vectors":{"size":2,"distance":"Dot"}}"#.utf8)
            )
            #expect(try await client.send(creation).status == 200)
            var next = [1, 2, 3, 4]
            for _ in 0..<Torture.rounds(3, long: 100) {
                let count = Level()
                let last = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                    for (lane, first) in next.enumerated() {
                        group.addTask { (lane, await fill(qdrant.url, from: first, step: 4, client, counting: count)) }
                    }
                    await count.reaches(10)
                    try await Task.sleep(for: .milliseconds(Int.random(in: 50...150)))
                    await qdrant.kill()
                    var last = next.map { $0 - 4 }
                    for try await (lane, id) in group { last[lane] = id }
                    return last
                }
                #expect(zip(last, next).contains { $0 >= $1 }, "nothing was acknowledged")
                try await qdrant.start()
                let acknowledged = last.indices.flatMap { Array(stride(from: $0 + 1, through: last[$0], by: 4)) }
                let found = try await client.send(
                    HTTPRequest(
                        .post,
                        qdrant.url + "/collections/c/points",
                        body: Array(#"{"ids":\#(acknowledged),"with_payload":true}"#.utf8)
                    )
                )
                let answer = try JSONSerialization.jsonObject(with: Data(found.body)) as? [String: Any]
                let points = answer?["result"] as? [[String: Any]] ?? []
                #expect(points.count == acknowledged.count)
                #expect(
                    points.allSatisfy { ($0["payload"] as? [String: Int])?["number"] == $0["id"] as? Int }
                )
                next = last.map { $0 + 4 }
            }
            await client.shutDown()
            await qdrant.kill()
        }
    }
}
