internal import SandboxServers
internal import UnixSignals

/// Runs the servers of one invocation.
struct SandboxHost {
    private let options: SandboxOptions

    init(_ options: SandboxOptions) {
        self.options = options
    }

    /// Serves until SIGINT or SIGTERM.
    func serve() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let qdrant = QdrantSandbox.Configuration(
            port: options.qdrantPort,
            version: options.qdrantVersion,
            apiKey: options.apiKey,
            dataDirectory: options.dataDirectory
        )
        try await withQdrantSandbox(qdrant) { qdrant in
            try await withOllamas(started: []) { ollamas in
                for url in ollamas { print("Ollama \(url)") }
                print("Qdrant \(qdrant.url)")
                StandardStreams.flush()
                if let path = options.envFile {
                    try EnvironmentFile(ollamaURLs: ollamas, qdrantURL: qdrant.url).save(to: path)
                }
                for await _ in signals { break }
            }
        }
    }

    /// Starts the Ollama servers one inside the other, and runs `body` in the innermost.
    private func withOllamas(
        started: [String],
        _ body: ([String]) async throws -> Void
    ) async throws {
        guard started.count < options.ollamaServers else { return try await body(started) }
        let configuration = OllamaSandbox.Configuration(
            port: options.ollamaPort == 0 ? 0 : options.ollamaPort + started.count,
            model: options.model,
            dimension: options.dimension,
            contextLength: options.contextLength,
            serviceTime: options.serviceTime.duration,
            parallelTexts: options.parallel,
            requestTime: options.requestTime.duration,
            loadTime: options.loadTime.duration,
            revision: options.modelRevision,
            vectorsVersion: options.vectorsVersion
        )
        try await withOllamaSandbox(configuration) { server in
            try await withOllamas(started: started + [server.url], body)
        }
    }
}
