import Testing

@testable import SandboxServers

@Suite("The index of a Qdrant stand-in")
struct QdrantIndexingTests {
    /// A hundred vectors of three components take a kilobyte.
    private static let points =
        #"{"points":[\#((1...100).map { #"{"id":\#($0),"vector":[1,2,3]}"# }.joined(separator: ","))]}"#

    private func told(_ qdrant: QdrantClient) async throws -> (status: String, indexed: Int, points: Int) {
        let told = try await qdrant.ok("GET", "/collections/c")
        return (
            told["status"]?.string ?? "", told["indexed_vectors_count"]?.int ?? -1, told["points_count"]?.int ?? -1
        )
    }

    private func setThreshold(_ threshold: Int, _ qdrant: QdrantClient) async throws {
        try await qdrant.ok(
            "PATCH",
            "/collections/c",
            #"{"optimizers_config":{"indexing_threshold":\#(threshold)}}"#
        )
    }

    @Test func `has the vectors at once where that takes no time`() async throws {
        try await withCollection(.init(indexingThreshold: 1)) { qdrant in
            #expect(try await told(qdrant) == ("green", 0, 0))
            try await qdrant.ok("PUT", "/collections/c/points?wait=true", Self.points)
            #expect(try await told(qdrant) == ("green", 100, 100))
        }
    }

    @Test func `is not built below the threshold, nor at all when that is 0`() async throws {
        try await withCollection(.init(indexingThreshold: 2)) { qdrant in
            try await qdrant.ok("PUT", "/collections/c/points?wait=true", Self.points)
            #expect(try await told(qdrant) == ("green", 0, 100))
            try await setThreshold(0, qdrant)
            #expect(try await told(qdrant) == ("green", 0, 100))
            try await setThreshold(1, qdrant)
            #expect(try await told(qdrant) == ("green", 100, 100))
        }
    }

    @Test func `grows until it has all vectors`() async throws {
        try await withCollection(.init(indexingPace: .milliseconds(5), indexingThreshold: 1)) { qdrant in
            try await qdrant.ok("PUT", "/collections/c/points?wait=true", Self.points)
            var counts: [Int] = []
            while true {
                let now = try await told(qdrant)
                counts.append(now.indexed)
                #expect(now.status == (now.indexed < 100 ? "yellow" : "green"))
                guard now.indexed < 100 else { break }
            }
            #expect(counts == counts.sorted())
        }
    }

    @Test func `takes its time for each vector, and keeps what it has when it is switched off`() {
        let begin = ContinuousClock.now + .seconds(60)
        func after(_ milliseconds: Int) -> ContinuousClock.Instant { begin + .milliseconds(milliseconds) }
        var index = VectorIndex(pace: .milliseconds(10))
        index.want(100, at: begin)
        #expect(index.indexed == 0)
        index.want(100, at: after(55))
        #expect(index.indexed == 5)
        // More come in meanwhile; what was done of the next vector is not lost.
        index.want(200, at: after(60))
        #expect(index.indexed == 6)
        index.stop(at: after(200))
        #expect(index.indexed == 20)
        #expect(!index.isBuilding)
        index.want(200, at: after(10_000))
        #expect(index.indexed == 20)
        #expect(index.isBuilding)
        index.want(200, at: after(10_100))
        #expect(index.indexed == 30)
        // Points that were deleted have no place in it.
        index.want(10, at: after(10_100))
        #expect(index.indexed == 10)
        index.want(200, at: after(60_000))
        index.want(200, at: after(61_899))
        #expect(index.indexed == 199)
        index.want(200, at: after(61_900))
        #expect(index.indexed == 200)
        #expect(!index.isBuilding)
    }

    @Test func `is begun anew by a server that comes back`() async throws {
        try await withTemporaryDirectory { directory in
            let configuration = QdrantSandbox.Configuration(
                dataDirectory: directory,
                indexingPace: .seconds(3_600),
                indexingThreshold: 1
            )
            try await withCollection(configuration) { qdrant in
                try await qdrant.ok("PUT", "/collections/c/points?wait=true", Self.points)
                #expect(try await told(qdrant) == ("yellow", 0, 100))
            }
            try await withQdrantSandbox(configuration) { server in
                let restored = try await told(QdrantClient(server))
                #expect(restored == ("yellow", 0, 100))
            }
        }
    }
}

@Suite("Vectors of fewer bits in a Qdrant stand-in")
struct QdrantDatatypeTests {
    private static let float16 = #"{"vectors":{"size":3,"distance":"Cosine","datatype":"float16"}}"#

    private func vector(_ qdrant: QdrantClient) async throws -> [Float] {
        let found = try await qdrant.ok("POST", "/collections/h/points", #"{"ids":[1],"with_vector":true}"#)
        return (found.array?.first?["vector"]?.array ?? []).compactMap { $0.double.map { Float($0) } }
    }

    /// From the definition of the format: eleven bits, ties to even, steps of 2⁻²⁴ at least, nothing over 65,504.
    @Test(arguments: [
        (Float(0), Float(0)), (1, 1), (-1, -1), (0.1, 0x1.998p-4), (0x1.004p0, 0x1.004p0), (0x1.002p0, 1),
        (0x1.006p0, 0x1.008p0), (65_504, 65_504), (65_519, 65_504), (65_520, .infinity), (-70_000, -.infinity),
        (0x1.1p-24, 0x1p-24), (0x1.8p-24, 0x1p-23), (0x1p-25, 0), (0x1.8p-25, 0x1p-24), (0x1.ffep-15, 0x1p-14),
    ])
    func `are the nearest numbers of sixteen bits`(number: Float, half: Float) {
        #expect(VectorFormat.half(number) == half)
    }

    @Test func `are told as they were rounded, also by a server that comes back`() async throws {
        try await withTemporaryDirectory { directory in
            let first = try await withQdrantSandbox(.init(dataDirectory: directory)) { server in
                let qdrant = QdrantClient(server)
                try await qdrant.ok("PUT", "/collections/h", Self.float16)
                try await qdrant.ok(
                    "PUT",
                    "/collections/h/points?wait=true",
                    #"{"points":[{"id":1,"vector":[0.1,0.7,-0.4]}]}"#
                )
                return try await vector(qdrant)
            }
            #expect(first == first.map(VectorFormat.half))
            #expect(first.count == 3)
            try await withQdrantSandbox(.init(dataDirectory: directory)) { server in
                let restored = try await vector(QdrantClient(server))
                #expect(restored == first)
            }
        }
    }

    @Test func `are refused of a kind that is none`() async throws {
        try await withQdrantSandbox { server in
            let refused = try await QdrantClient(server).refusal(
                "PUT",
                "/collections/h",
                #"{"vectors":{"size":3,"distance":"Cosine","datatype":"float8"}}"#
            )
            #expect(refused.status == 400)
            #expect(refused.error.contains("float8"))
        }
    }
}
