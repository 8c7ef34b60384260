import Testing

@testable import SandboxServers

@Suite struct QdrantQueryTests {
    private func withPoints<Result>(
        distance: String,
        _ body: (QdrantClient) async throws -> Result
    ) async throws -> Result {
        try await withQdrantSandbox { server in
            let qdrant = QdrantClient(server)
            try await qdrant.ok("PUT", "/collections/q", #"{"vectors":{"size":2,"distance":"\#(distance)"}}"#)
            try await qdrant.ok(
                "PUT",
                "/collections/q/points?wait=true",
                """
                {"points":[{"id":1,"vector":[1,0],"payload":{"k":"x"}},{"id":2,"vector":[1,1],"payload":{"k":"y"}},
                {"id":3,"vector":[0,3],"payload":{"k":"x"}},{"id":4,"vector":[-2,0],"payload":{"k":"y"}}]}
                """
            )
            return try await body(qdrant)
        }
    }

    @Test(arguments: [
        ("Cosine", ["1", "2", "3", "4"], [1, 0.70710677, 0, -1]), ("Dot", ["1", "2", "3", "4"], [2, 2, 0, -4]),
        ("Euclid", ["1", "2", "3", "4"], [1, 1.4142135, 3.6055512, 4]),
        ("Manhattan", ["1", "2", "4", "3"], [1, 2, 4, 5]),
    ])
    func `ranks by the collection's distance`(distance: String, ids: [String], scores: [Double]) async throws {
        try await withPoints(distance: distance) { qdrant in
            let result = try await qdrant.ok("POST", "/collections/q/points/query", #"{"query":[2,0]}"#)
            #expect(qdrant.ids(result) == ids)
            let got = (result["points"]?.array ?? []).compactMap { $0["score"]?.double }
            #expect(zip(got, scores).allSatisfy { abs($0 - $1) < 1e-6 })
            #expect(result["points"]?.array?.first?["payload"] == nil)
            #expect(result["points"]?.array?.first?["version"] == 1)
        }
    }

    @Test func `limits, filters, and stops at a score`() async throws {
        try await withPoints(distance: "Cosine") { qdrant in
            let path = "/collections/q/points/query"
            #expect(qdrant.ids(try await qdrant.ok("POST", path, #"{"query":[1,0],"limit":2}"#)) == ["1", "2"])
            #expect(qdrant.ids(try await qdrant.ok("POST", path, #"{"query":[1,0],"limit":1,"offset":1}"#)) == ["2"])
            #expect(
                qdrant.ids(try await qdrant.ok("POST", path, #"{"query":[1,0],"score_threshold":0.5}"#)) == ["1", "2"]
            )
            let filtered = try await qdrant.ok(
                "POST",
                path,
                #"{"query":[1,0],"filter":{"must":[{"key":"k","match":{"value":"y"}}]},"with_payload":true,"with_vector":true}"#
            )
            #expect(qdrant.ids(filtered) == ["2", "4"])
            #expect(filtered["points"]?.array?.first?["payload"] == ["k": "y"])
            #expect(filtered["points"]?.array?.first?["vector"]?.array?.count == 2)
        }
    }

    @Test func `takes a point for a vector, and leaves it out`() async throws {
        try await withPoints(distance: "Cosine") { qdrant in
            let result = try await qdrant.ok("POST", "/collections/q/points/query", #"{"query":2}"#)
            #expect(qdrant.ids(result) == ["1", "3", "4"])
            #expect(try await qdrant.refusal("POST", "/collections/q/points/query", #"{"query":99}"#).status == 404)
        }
    }

    @Test func `speaks the older form of search`() async throws {
        try await withPoints(distance: "Cosine") { qdrant in
            let result = try await qdrant.ok("POST", "/collections/q/points/search", #"{"vector":[0,1],"limit":1}"#)
            #expect(result.array?.first?["id"] == 3)
        }
    }

    @Test func `refuses a vector of the wrong size`() async throws {
        try await withPoints(distance: "Cosine") { qdrant in
            let refused = try await qdrant.refusal("POST", "/collections/q/points/query", #"{"query":[1,2,3]}"#)
            #expect(refused.status == 400)
            #expect(refused.error == "Wrong input: Vector dimension error: expected dim: 2, got 3")
        }
    }

    @Test(arguments: [1, 7, 8, 9, 16, 31]) func `sums up vectors of any size`(count: Int) {
        let left = (0..<count).map { Float($0) * 0.5 - 2 }
        let right = (0..<count).map { Float(count - $0) * 0.25 }
        let pairs = zip(left, right)
        left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                #expect(abs(VectorMath.dot(left, right) - pairs.reduce(0) { $0 + $1.0 * $1.1 }) < 1e-3)
                #expect(
                    abs(VectorMath.manhattanDistance(left, right) - pairs.reduce(0) { $0 + abs($1.0 - $1.1) }) < 1e-3
                )
                let squares = pairs.reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                #expect(abs(VectorMath.squaredDistance(left, right) - squares) < 1e-3)
            }
        }
    }
}
