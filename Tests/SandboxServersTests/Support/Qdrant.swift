import Testing

@testable import SandboxServers

/// Calls a Qdrant stand-in over HTTP and reads its answers.
struct QdrantClient {
    let client: LoopbackClient
    let server: RunningServer

    init(_ server: RunningServer) {
        client = LoopbackClient(server)
        self.server = server
    }

    /// The answer's `result`; the status must be 200.
    @discardableResult
    func ok(
        _ method: String,
        _ target: String,
        _ body: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSONValue {
        let answer = await client.send(method, target, body)
        #expect(answer.status == 200, "\(answer.text)", sourceLocation: sourceLocation)
        let json = try JSONValue(parsing: answer.body)
        #expect(json["status"] == "ok", sourceLocation: sourceLocation)
        return json["result"] ?? .null
    }

    /// Status and error text of a refusal.
    func refusal(_ method: String, _ target: String, _ body: String = "") async throws -> (status: Int, error: String) {
        let answer = await client.send(method, target, body)
        let json = try JSONValue(parsing: answer.body)
        #expect(json["result"] == nil)
        return (answer.status, json["status"]?["error"]?.string ?? "")
    }

    /// The ids of the points in a scroll's or query's result, as they are written.
    func ids(_ result: JSONValue) -> [String] {
        (result["points"]?.array ?? []).map { $0["id"].map { String(decoding: $0.bytes, as: UTF8.self) } ?? "" }
    }
}

/// Runs a Qdrant stand-in with a collection `c` of three-component cosine vectors.
func withCollection<Result>(
    _ configuration: QdrantSandbox.Configuration = .init(),
    _ body: (QdrantClient) async throws -> Result
) async throws -> Result {
    try await withQdrantSandbox(configuration) { server in
        let qdrant = QdrantClient(server)
        try await qdrant.ok("PUT", "/collections/c", #"{"vectors":{"size":3,"distance":"Cosine"}}"#)
        return try await body(qdrant)
    }
}
