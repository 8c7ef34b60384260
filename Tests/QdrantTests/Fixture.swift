import CurlHTTP
import Foundation
import Pipeline
import Qdrant
import SandboxServers
import TestSupport
import Testing

/// A sandbox's Qdrant, and one collection of it.
struct Fixture {
    let server: RunningServer
    let client: QdrantClient
    let identity = VectorIdentity(fingerprint: "f1", model: "m", digest: "d", dimension: 3, prefix: "", queryPrefix: "")

    func collection(
        _ identity: VectorIdentity? = nil,
        source: String = "notes",
        payloadIndexes: [PayloadIndex] = []
    ) async throws -> QdrantCollection {
        QdrantCollection(
            client: client,
            source: source,
            identity: identity ?? self.identity,
            version: try await client.version(),
            payloadIndexes: payloadIndexes
        )
    }

    /// What there is to know of the collection that the client is aimed at.
    func findings(_ client: QdrantClient? = nil) async throws(PipelineError) -> CollectionFindings? {
        let client = client ?? self.client
        return try await CollectionLook(client: client, source: "notes", version: try await client.version()).findings()
    }

    /// The keys that have a point.
    func existing(_ keys: [RowKey]) async throws -> Set<RowKey> {
        Set(try await sink().points(of: keys, .marks).keys)
    }

    /// A clock that makes nobody wait.
    var clock: RunClock { RunClock(ManualClock(movesItself: true)) }

    func generations(source: String = "notes") async throws -> QdrantGenerations {
        QdrantGenerations(
            client: client,
            source: source,
            version: try await client.version(),
            clock: clock,
            timestamp: { "2026-01-02T03:04:05Z" }
        )
    }

    /// What the server answers, which must be 200.
    @discardableResult
    func ask(_ method: String, _ path: String, _ body: String = "") async throws -> [String: Any] {
        let answer = try await server.ask(method, path, body)
        #expect(answer.status == 200, "\(answer.body)")
        let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
        return object?["result"] as? [String: Any] ?? [:]
    }

    func sink(
        source: String = "notes",
        embedder: String = "f1",
        keyKind: PointKeyKind = .integer,
        bodyLimit: Int = 24 << 20
    ) -> QdrantSink {
        QdrantSink(
            client: client,
            source: source,
            embedder: embedder,
            keyKind: keyKind,
            dimension: 3,
            bodyLimit: bodyLimit,
            timestamp: { "2026-01-02T03:04:05Z" }
        )
    }

    /// Stores a point that did not come through the sink.
    func put(_ point: String, into collection: String = "c") async throws {
        try await ask("PUT", "/collections/\(collection)/points?wait=true", "{\"points\":[\(point)]}")
    }

    /// Stores points past the sink, each as JSON.
    func store(_ points: String...) async throws {
        let answer = try await server.ask(
            "PUT",
            "/collections/c/points?wait=true",
            "{\"points\":[\(points.joined(separator: ","))]}"
        )
        try #require(answer.status == 200, "\(answer.body)")
    }

    /// How often the server was asked this way since its statistics began.
    func requests(_ route: String) -> Int {
        server.stats().requestsByRoute[route] ?? 0
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

func withFixture(
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

func vector(_ json: String) -> Vector {
    Vector(json: Array(json.utf8)[...])
}

func point(_ key: RowKey, _ vector: String = "[1,0,0]", text: String = "text", payload: String = "{}") -> Point {
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

func failure(_ work: () async throws(PipelineError) -> Void) async -> PipelineError? {
    do throws(PipelineError) {
        try await work()
        return nil
    } catch {
        return error
    }
}
