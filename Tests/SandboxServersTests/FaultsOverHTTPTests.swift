import Testing

@testable import SandboxServers

@Suite struct FaultsOverHTTPTests {
    private static let request = #"{"model":"nomic-embed-text","input":["good","poison"]}"#

    private func embed(
        _ rules: FaultRule...,
        body: String = request
    ) async throws -> (LoopbackClient.Answer, RunningServer) {
        try await withOllamaSandbox(.init(dimension: 4)) { server in
            server.faults.set(FaultPlan(rules))
            return (await LoopbackClient(server).send("POST", "/api/embed", body), server)
        }
    }

    private func vectors(_ answer: LoopbackClient.Answer) throws -> [[JSONValue]] {
        (try JSONValue(parsing: answer.body)["embeddings"]?.array ?? []).map { $0.array ?? [] }
    }

    @Test func `answers a status with headers and a body of choice, or the server's own`() async throws {
        let (busy, server) = try await embed(FaultRule(.embed, .status(503, headers: ["Retry-After": "2"])))
        #expect(busy.status == 503)
        #expect(busy.headers["retry-after"] == "2")
        #expect(busy.text == #"{"error":"injected fault"}"#)
        #expect(server.stats().textsEmbedded == 0)
        let (custom, _) = try await embed(FaultRule(.embed, .status(500, body: "oops")))
        #expect(custom.text == "oops")
    }

    @Test func `closes the connection without an answer`() async throws {
        #expect(try await embed(FaultRule(.path("/"), .reset)).0.isReset)
    }

    @Test func `cuts the body in the middle`() async throws {
        let (answer, _) = try await embed(FaultRule(.embed, .cutBody))
        #expect(answer.status == 200)
        #expect(!answer.isComplete)
        #expect(!answer.body.isEmpty)
    }

    @Test func `sends a slow body whole`() async throws {
        let (answer, _) = try await embed(
            FaultRule(.embed, .slowBody(chunkBytes: 50, delay: .milliseconds(1))),
            FaultRule(.embed, .latency(.milliseconds(1)))
        )
        #expect(answer.isComplete)
        #expect(try vectors(answer).count == 2)
    }

    @Test func `sends a huge body whole`() async throws {
        let (answer, _) = try await embed(FaultRule(.embed, .hugeBody(3_000_000)))
        #expect(answer.isComplete)
        #expect(answer.body.count == 3_000_000)
        #expect(try vectors(answer).count == 2)
    }

    @Test func `goes on with an endless body for as long as anybody listens`() async throws {
        try await withOllamaSandbox(.init(dimension: 4)) { server in
            server.faults.set(FaultRule(.embed, .endlessBody(chunkBytes: 1_000, delay: .zero)))
            let request = Self.request
            let head = "POST /api/embed HTTP/1.1\r\nHost: a\r\nContent-Length: \(request.utf8.count)\r\n\r\n"
            let received = await LoopbackClient(server).exchange(Array((head + request).utf8), atLeast: 5_000_000)
            #expect(received >= 5_000_000)
            while server.requestsUnderWay > 0 { await Task.yield() }
        }
    }

    @Test func `spoils the embeddings of matching texts only`() async throws {
        let wrong = try vectors(try await embed(FaultRule(.embed, match: "poison", .wrongDimension(3))).0)
        #expect(wrong.map(\.count) == [4, 3])
        let null = try vectors(try await embed(FaultRule(.embed, match: "poison", .nullComponent)).0)
        #expect(null[0][0] != .null)
        #expect(null[1][0] == .null)
        let zero = try vectors(try await embed(FaultRule(.embed, match: "poison", .zeroVector)).0)
        #expect(zero[0].contains { $0.double != 0 })
        #expect(zero[1].allSatisfy { $0.double == 0 })
    }

    @Test(arguments: [(-1, 1), (1, 3), (-5, 0)]) func `answers with too few or too many`(
        by: Int,
        count: Int
    ) async throws {
        #expect(try vectors(try await embed(FaultRule(.embed, .wrongCount(by))).0).count == count)
    }

    @Test func `fails on NaN as Ollama does`() async throws {
        let (answer, _) = try await embed(FaultRule(.embed, match: "poison", .nan))
        #expect(answer.status == 500)
        #expect(answer.text == #"{"error":"failed to encode response: json: unsupported value: NaN"}"#)
        let (fine, _) = try await embed(
            FaultRule(.embed, match: "poison", .nan),
            body: #"{"model":"nomic-embed-text","input":["good"]}"#
        )
        #expect(fine.status == 200)
    }

    @Test func `is steered over HTTP`() async throws {
        try await withOllamaSandbox(.init(dimension: 4, apiKey: "k")) { server in
            let client = LoopbackClient(server)
            let plan = #"{"rules":[{"target":"/","kind":"reset","first":1}]}"#
            #expect(await client.send("PUT", "/_sandbox/faults", plan).status == 200)
            #expect(await client.send("GET", "/").isReset)
            #expect(await client.send("GET", "/").status == 200)
            let told = try JSONValue(parsing: await client.send("GET", "/_sandbox/faults").body)
            #expect(told["rules"]?.array?.first?["fired"] == 1)
            let refused = await client.send("PUT", "/_sandbox/faults", #"{"rules":[{"target":"/","kind":"no"}]}"#)
            #expect(refused.status == 400)
            let stats = try JSONValue(parsing: await client.send("GET", "/_sandbox/stats").body)
            #expect(stats["requests"] == 2)
            #expect(stats["requestsByRoute"]?["GET /"] == 2)
            #expect(await client.send("POST", "/_sandbox/reset").status == 200)
            #expect(server.stats() == ServerStatistics())
            #expect(server.faults.plan.rules.isEmpty)
            #expect(await client.send("GET", "/_sandbox/else").status == 404)
        }
    }

    @Test func `counts requests that are under way at once`() async throws {
        try await withOllamaSandbox(.init(dimension: 4)) { server in
            server.faults.set(FaultRule(.path("/api/version"), .latency(.milliseconds(300))))
            let client = LoopbackClient(server)
            await withTaskGroup { group in
                for _ in 0..<3 { group.addTask { _ = await client.send("GET", "/api/version") } }
            }
            #expect(server.stats().maxConcurrentRequests > 1)
        }
    }
}
