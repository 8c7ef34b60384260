import CurlHTTP
import Foundation
import SandboxServers
import TestSupport

/// A database, servers, a collection and a journal of one test's own, and the built program to run between them.
struct Scenario: Sendable {
    let database: TestDatabase
    let servers: TestServers
    let collection: String
    let folder: String

    var journal: String { folder + "/journal" }
    var reportPath: String { folder + "/report.json" }

    /// What the program is told by its environment.
    var environment: [String: String] {
        [
            "DATABASE_URL": database.url, "OLLAMA_BASE_URL": servers.ollamaURL, "QDRANT_URL": servers.qdrantURL,
            "QDRANT_COLLECTION": collection, "PATTERN_SYNC_JOURNAL": journal,
        ]
    }

    static let program = Program(product: "pattern-sync")

    /// Runs the program to its end.
    @discardableResult
    func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Program.Outcome {
        try await Self.program.run(arguments, environment: self.environment.merging(environment) { $1 })
    }

    /// Starts the program and returns while it runs.
    func start(_ arguments: String...) throws -> RunningProgram {
        try Self.program.start(arguments, environment: environment)
    }

    /// The report of a run that was told to write one to `reportPath`.
    func report() throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: reportPath))
        return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }

    /// Asks Qdrant about the collection.
    func qdrant(_ method: HTTPRequest.Method, _ path: String, _ body: String = "") async throws -> HTTPResponse {
        let client = try HTTPClient(configuration: .init(userAgent: "tests"))
        let response = try await client.send(
            HTTPRequest(
                method,
                "\(servers.qdrantURL)/collections/\(collection)\(path)",
                headers: [HTTPHeader("Content-Type", "application/json")],
                body: Array(body.utf8)
            )
        )
        await client.shutDown()
        return response
    }

    func pointCount() async throws -> Int {
        let response = try await qdrant(.post, "/points/count", #"{"exact":true}"#)
        let answer = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        return (answer?["result"] as? [String: Any])?["count"] as? Int ?? 0
    }

    /// Waits until the program has stored so many points.
    func waitForPoints(_ count: Int, of program: RunningProgram) async throws {
        for _ in 0..<3_000 {
            if try await pointCount() >= count { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Timeout(errors: program.errors)
    }

    struct Timeout: Error {
        let errors: String
    }
}

/// Runs `body` with everything a sync needs, and the table made by `sql`, when it is its turn.
func withScenario(
    _ sql: String,
    ollama: OllamaSandbox.Configuration = .init(),
    count: Int = 1,
    qdrant: QdrantSandbox.Configuration = .init(),
    _ body: (Scenario) async throws -> Void
) async throws {
    try await inTurn {
        try await withScenarioAtOnce(sql, ollama: ollama, count: count, qdrant: qdrant, body)
    }
}

private func withScenarioAtOnce(
    _ sql: String,
    ollama: OllamaSandbox.Configuration,
    count: Int,
    qdrant: QdrantSandbox.Configuration,
    _ body: (Scenario) async throws -> Void
) async throws {
    try await withServers(ollama: ollama, count: count, qdrant: qdrant) { servers in
        try await withDatabase { database in
            try await withTemporaryFolder { folder in
                try await database.run(sql)
                let scenario = Scenario(
                    database: database,
                    servers: servers,
                    collection: "test_\(UInt64.random(in: 0...UInt64.max))",
                    folder: folder
                )
                do {
                    try await body(scenario)
                } catch {
                    _ = try? await scenario.qdrant(.delete, "")
                    throw error
                }
                _ = try? await scenario.qdrant(.delete, "")
            }
        }
    }
}
