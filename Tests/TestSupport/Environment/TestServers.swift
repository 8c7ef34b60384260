internal import Foundation
package import SandboxServers

/// The embedding server and the Qdrant of a test: real ones where the environment names them, else the sandbox's.
package struct TestServers: Sendable {
    package let ollamaURL: String
    package let qdrantURL: String
    /// Nil where the servers are real, or processes of their own.
    package let sandbox: Sandbox?

    package init(ollamaURL: String, qdrantURL: String, sandbox: Sandbox? = nil) {
        self.ollamaURL = ollamaURL
        self.qdrantURL = qdrantURL
        self.sandbox = sandbox
    }

    package struct Sandbox: Sendable {
        package let ollama: [RunningServer]
        package let qdrant: RunningServer
    }

    /// Whether servers can be told to misbehave.
    package static var areSandbox: Bool { real == nil }

    fileprivate static var real: TestServers? {
        let environment = ProcessInfo.processInfo.environment
        guard let ollama = environment["OLLAMA_BASE_URL"], let qdrant = environment["QDRANT_URL"] else { return nil }
        return TestServers(ollamaURL: ollama, qdrantURL: qdrant, sandbox: nil)
    }
}

/// Runs `body` with servers; those of the sandbox are its own.
package func withServers<Result>(
    ollama: OllamaSandbox.Configuration = .init(),
    count: Int = 1,
    qdrant: QdrantSandbox.Configuration = .init(),
    _ body: (TestServers) async throws -> Result
) async throws -> Result {
    if let real = TestServers.real { return try await body(real) }
    return try await withQdrantSandbox(qdrant) { qdrant in
        try await withOllamaSandboxes(ollama, count: count, []) { ollamas in
            try await body(
                TestServers(
                    ollamaURL: ollamas.map(\.url).joined(separator: ","),
                    qdrantURL: qdrant.url,
                    sandbox: .init(ollama: ollamas, qdrant: qdrant)
                )
            )
        }
    }
}

private func withOllamaSandboxes<Result>(
    _ configuration: OllamaSandbox.Configuration,
    count: Int,
    _ started: [RunningServer],
    _ body: ([RunningServer]) async throws -> Result
) async throws -> Result {
    if started.count == count { return try await body(started) }
    return try await withOllamaSandbox(configuration) { server in
        try await withOllamaSandboxes(configuration, count: count, started + [server], body)
    }
}
