import CurlHTTP
import Foundation
import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

/// A sandbox's Qdrant, and one collection of it.
private struct Fixture {
    let server: RunningServer
    let client: QdrantClient
    let identity = VectorIdentity(fingerprint: "f1", model: "m", digest: "d", dimension: 3, prefix: "", queryPrefix: "")

    func collection(_ identity: VectorIdentity? = nil) async throws -> QdrantCollection {
        QdrantCollection(
            client: client,
            source: "notes",
            identity: identity ?? self.identity,
            version: try await client.version()
        )
    }

    func sink(bodyLimit: Int = 24 << 20) -> QdrantSink {
        QdrantSink(
            client: client,
            source: "notes",
            embedder: "f1",
            bodyLimit: bodyLimit,
            timestamp: { "2026-01-02T03:04:05Z" }
        )
    }

    /// The point as the server has it.
    func point(_ id: String) async throws -> [String: Any] {
        let answer = try await server.ask(
            "POST",
            "/collections/c/points",
            "{\"ids\":[\(id)],\"with_payload\":true,\"with_vector\":true}"
        )
        let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
        return try #require((object?["result"] as? [[String: Any]])?.first)
    }
}

private func withFixture(
    _ configuration: QdrantSandbox.Configuration = .init(),
    apiKey: String? = nil,
    _ body: (Fixture) async throws -> Void
) async throws {
    let http = try HTTPClient(configuration: .init(userAgent: "tests"))
    try await withQdrantSandbox(configuration) { server in
        let client = QdrantClient(baseURL: server.url, collection: try CollectionName("c"), apiKey: apiKey, http: http)
        try await body(Fixture(server: server, client: client))
    }
    await http.shutDown()
}

private func point(_ key: RowKey, _ vector: String = "[1,0,0]", text: String = "text", payload: String = "{}") -> Point
{
    let hash = Array(repeating: UInt8(ascii: "a"), count: 64)[...]
    let row = Row(
        key: key,
        text: Array(text.utf8)[...],
        payload: Array(payload.utf8)[...],
        textHash: hash,
        payloadHash: hash
    )
    return Point(row: row, vector: Vector(json: Array(vector.utf8)[...]))
}

private func failure(_ work: () async throws(PipelineError) -> Void) async -> PipelineError? {
    do throws(PipelineError) {
        try await work()
        return nil
    } catch {
        return error
    }
}

@Suite("A collection")
struct CollectionTests {
    @Test func `is made with the parameters and indexes that searches need`() async throws {
        try await withFixture { fixture in
            let collection = try await fixture.collection()
            let found1 = try await collection.inspect()
            #expect(found1 == .missing)
            try await collection.prepare(generation: "g1")
            let body = try await fixture.server.ask("GET", "/collections/c").body
            let result = (try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])?["result"]
            let config = (result as? [String: Any])?["config"] as? [String: Any]
            let vectors = (config?["params"] as? [String: Any])?["vectors"] as? [String: Any]
            #expect(vectors?["size"] as? Int == 3)
            #expect(vectors?["distance"] as? String == "Cosine")
            let graph = config?["hnsw_config"] as? [String: Any]
            #expect(graph?["m"] as? Int == 16)
            #expect(graph?["ef_construct"] as? Int == 100)
            let schema = (result as? [String: Any])?["payload_schema"] as? [String: [String: Any]]
            #expect(
                schema?.mapValues { $0["data_type"] as? String } == [
                    "language": "keyword", "pattern_name": "keyword", "pattern_type": "keyword",
                    "_sync.source": "keyword", "created_at": "datetime",
                ]
            )
        }
    }

    @Test func `remembers the run that filled it, beside what others keep there`() async throws {
        try await withFixture { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(generation: "g1")
            _ = try await fixture.server.ask("PATCH", "/collections/c", #"{"metadata":{"somebody":"else"}}"#)
            let found2 = try await collection.inspect()
            #expect(found2 == .present(.generation("g1"), points: 0))
            try await collection.prepare(generation: nil)
            let found3 = try await collection.inspect()
            #expect(found3 == .present(.generation("g1"), points: 0))
            try await collection.prepare(generation: "g2")
            let found4 = try await collection.inspect()
            #expect(found4 == .present(.generation("g2"), points: 0))
            #expect(try await fixture.server.ask("GET", "/collections/c").body.contains(#""somebody":"else""#))
        }
    }

    @Test func `refuses vectors of another model, naming both`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(generation: "g1")
            var other = fixture.identity
            other.fingerprint = "f2"
            other.model = "m2"
            let collection = try await fixture.collection(other)
            let error = await failure { () async throws(PipelineError) in _ = try await collection.inspect() }
            #expect(error?.kind == .setup)
            #expect(error?.message.contains("m (digest d") == true)
            #expect(error?.message.contains("m2 (digest d") == true)
        }
    }

    @Test func `of a server without metadata is counted instead`() async throws {
        try await withFixture(.init(version: "1.10.1")) { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(generation: "g1")
            let found5 = try await collection.inspect()
            #expect(found5 == .present(.impossible, points: 0))
            _ = try await fixture.sink().upsert([point(.integer(1)), point(.integer(2))])
            _ = try await fixture.server.ask(
                "PUT",
                "/collections/c/points?wait=true",
                #"{"points":[{"id":9,"vector":[1,0,0]}]}"#
            )
            let found6 = try await collection.inspect()
            #expect(found6 == .present(.impossible, points: 2))
        }
    }

    @Test func `of too old a server, or of something else, is not touched`() async throws {
        try await withFixture(.init(version: "1.9.7")) { fixture in
            let error = await failure { () async throws(PipelineError) in _ = try await fixture.client.version() }
            #expect(error?.remedy?.contains("1.10") == true)
        }
        try await withOllamaSandbox { ollama in
            let http = try HTTPClient(configuration: .init(userAgent: "tests"))
            let client = QdrantClient(baseURL: ollama.url, collection: try CollectionName("c"), http: http)
            let error = await failure { () async throws(PipelineError) in _ = try await client.version() }
            #expect(error?.kind == .setup)
            #expect(error?.message.contains("no Qdrant") == true)
            await http.shutDown()
        }
    }

    @Test(arguments: ["execution_patterns", "", "a/b", "..", "a b", "ä", "a?b"])
    func `cannot have a name that leads elsewhere`(_ name: String) {
        #expect(throws: PipelineError.self) { try CollectionName(name) }
    }
}

@Suite("A point")
struct PointTests {
    @Test func `has the row's payload and what the sync adds`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(generation: "g")
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
            try await fixture.collection().prepare(generation: "g")
            var cut = point(.text("a/\"key\""))
            cut.isTruncated = true
            _ = try await fixture.sink().upsert([cut])
            let answer = try await fixture.server.ask("POST", "/collections/c/points/scroll", "{}").body
            #expect(answer.contains(#""key":"a/\"key\"""#))
            #expect(answer.contains(#""truncated":true"#))
            let found8 = try await fixture.sink().existing([.text("a/\"key\""), .text("b")])
            #expect(found8 == [.text("a/\"key\"")])
        }
    }

    @Test func `is found again under each kind of key`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(generation: "g")
            let keys: [RowKey] = [
                .integer(0), .integer(.max), .uuid("0b5a1c1e-0000-4000-8000-00000000000a"), .text("x"),
            ]
            _ = try await fixture.sink().upsert(keys.map { point($0) })
            let found9 = try await fixture.sink().existing(keys + [.integer(7)])
            #expect(found9 == Set(keys))
        }
    }

    @Test func `has the id that RFC 9562 gives a text key`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(generation: "g")
            _ = try await fixture.sink().upsert([point(.text("key"))])
            let answer = try await fixture.server.ask("POST", "/collections/c/points/scroll", "{}").body
            // python3 -c "import uuid; print(uuid.uuid5(uuid.NAMESPACE_URL, 'pattern-sync:notes:key'))"
            #expect(answer.contains(Self.expectedID), "\(answer)")
        }
    }

    private static let expectedID = "bded3d4d-debc-5e0b-8555-2cab76edd303"
}

@Suite("An upsert")
struct UpsertTests {
    @Test func `is what the engine is promised`() async throws {
        try await withFixture { fixture in
            let collection = try await fixture.collection()
            try await collection.prepare(generation: "g")
            let contract = VectorSinkContract(
                fixture.sink(),
                point: { point(.integer(UInt64($0))) },
                count: { try await collection.count() }
            )
            try await contract.check()
        }
    }

    @Test func `is cut into requests that the server takes`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(generation: "g")
            let points = (1...50).map { point(.integer(UInt64($0)), text: String(repeating: "x", count: 1_000)) }
            let requests = try await fixture.sink(bodyLimit: 8_000).upsert(points)
            #expect((7...12).contains(requests))
            let found10 = try await fixture.sink().existing(points.map(\.row.key))
            #expect(found10.count == 50)
        }
    }

    @Test func `is not believed before it is completed`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(generation: "g")
            fixture.server.faults.set(.init(.upsert, .waitTimeout, when: .first(1)))
            let error = await failure { () async throws(PipelineError) in
                _ = try await fixture.sink().upsert([point(.integer(1))])
            }
            #expect(error?.isRetryable == true)
            #expect(error?.message.contains("wait_timeout") == true)
        }
    }

    @Test func `of a bad point is that row's fault`() async throws {
        let deep = String(repeating: "{\"a\":", count: 200) + "1" + String(repeating: "}", count: 200)
        for payload in ["{\"n\": 1e400}", deep] {
            try await withFixture { fixture in
                try await fixture.collection().prepare(generation: "g")
                let error = await failure { () async throws(PipelineError) in
                    _ = try await fixture.sink().upsert([point(.integer(1)), point(.integer(2), payload: payload)])
                }
                #expect(error?.rowFault == .unstorable, "\(String(describing: error))")
            }
        }
    }

    @Test func `of a point over the server's limit is that row's fault`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(generation: "g")
            let error = await failure { () async throws(PipelineError) in
                _ = try await fixture.sink().upsert([point(.integer(1), text: String(repeating: "x", count: 33 << 20))])
            }
            #expect(error?.rowFault == .unstorable, "\(String(describing: error))")
        }
    }

    @Test func `of vectors that do not fit the collection is the set-up's fault`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(generation: "g")
            let error = await failure { () async throws(PipelineError) in
                _ = try await fixture.sink().upsert([point(.integer(1), "[1,2]")])
            }
            #expect(error?.kind == .setup)
        }
    }

    @Test(arguments: [429, 500, 503])
    func `is tried again when the server cannot answer for now`(_ status: Int) async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(generation: "g")
            fixture.server.faults.set(.init(.upsert, .status(status, headers: ["Retry-After": "3"]), when: .first(1)))
            let error = await failure { () async throws(PipelineError) in
                _ = try await fixture.sink().upsert([point(.integer(1))])
            }
            #expect(error?.kind == .server(retryAfter: .seconds(3)))
        }
    }

    @Test func `without the server's key is refused in words`() async throws {
        try await withFixture(.init(apiKey: "k3y"), apiKey: "wrong") { fixture in
            let error = await failure { () async throws(PipelineError) in
                _ = try await fixture.sink().upsert([point(.integer(1))])
            }
            #expect(error?.kind == .setup)
            #expect(error?.remedy?.contains("QDRANT_API_KEY") == true)
        }
    }

    @Test func `works over a connection that the server has closed meanwhile`() async throws {
        try await withFixture { fixture in
            try await fixture.collection().prepare(generation: "g")
            _ = try await fixture.sink().upsert([point(.integer(1))])
            fixture.server.faults.set(.init(.upsert, .reset, when: .first(1)))
            let error = await failure { () async throws(PipelineError) in
                _ = try await fixture.sink().upsert([point(.integer(2))])
            }
            #expect(error == nil || error?.isRetryable == true)
            let found11 = try await fixture.sink().upsert([point(.integer(2))])
            #expect(found11 == 1)
        }
    }
}

@Suite("A search by vector")
struct PatternSearchTests {
    @Test func `answers the nearest first, of one language if wanted, and knows who filled the collection`()
        async throws
    {
        try await withFixture { fixture in
            try await fixture.collection().prepare(generation: "g")
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
