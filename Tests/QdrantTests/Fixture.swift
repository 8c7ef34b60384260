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
