internal import Logging

/// A stand-in for an Ollama server that has one embedding model.
public enum OllamaSandbox {
    /// How the server is set up.
    public struct Configuration: Sendable {
        /// 0 takes any free port.
        public var port: Int
        /// The model's name; a name without tag stands for `:latest`.
        public var model: String
        /// Components of an embedding.
        public var dimension: Int
        /// Tokens of a text that the model takes in; see ``tokens(in:)``.
        public var contextLength: Int
        /// How long one text takes. Texts are served strictly in the order in which they came, whatever request they are of.
        public var serviceTime: Duration
        /// How many texts are worked on at once: one by an Ollama.
        public var parallelTexts: Int
        /// What each request takes beside its texts, as with a server that embeds the texts of one request together.
        public var requestTime: Duration
        /// How long the first request waits for the model, and the first after one with `keep_alive` 0.
        public var loadTime: Duration
        /// When set, every route but `/` demands `Authorization: Bearer` with this key.
        public var apiKey: String?
        /// The version that `/api/version` tells.
        public var version: String
        /// Of the model's files: another one is a model that was pulled again, with another digest and other vectors.
        public var revision: Int
        /// Of the server's arithmetic: another one is a server that was updated, with other vectors of the same model.
        public var vectorsVersion: Int

        public init(
            port: Int = 0,
            model: String = "nomic-embed-text:latest",
            dimension: Int = 768,
            contextLength: Int = 2048,
            serviceTime: Duration = .zero,
            parallelTexts: Int = 1,
            requestTime: Duration = .zero,
            loadTime: Duration = .zero,
            apiKey: String? = nil,
            version: String = "0.33.0",
            revision: Int = 0,
            vectorsVersion: Int = 0
        ) {
            self.port = port
            self.model = model
            self.dimension = dimension
            self.contextLength = contextLength
            self.serviceTime = serviceTime
            self.parallelTexts = parallelTexts
            self.requestTime = requestTime
            self.loadTime = loadTime
            self.apiKey = apiKey
            self.version = version
            self.revision = revision
            self.vectorsVersion = vectorsVersion
        }
    }

    /// The tokens of a text as the server counts them: one for each four bytes begun of a run of letters and digits,
    /// one for any other visible character, and two for the frame.
    public static func tokens(in text: String) -> Int { TextTokens.count(Array(text.utf8)).tokens }
}

/// Runs an Ollama stand-in on 127.0.0.1 while `body` runs.
///
/// ```swift
/// try await withOllamaSandbox(.init(serviceTime: .milliseconds(5))) { ollama in
///     ollama.faults.set(FaultRule(.embed, .status(503), when: .first(2)))
///     try await sync(embeddingsFrom: ollama.url)
/// }
/// ```
///
/// - Throws: `SandboxError` when the port cannot be had, and whatever `body` throws.
public func withOllamaSandbox<Result>(
    _ configuration: OllamaSandbox.Configuration = .init(),
    _ body: (RunningServer) async throws -> Result
) async throws -> Result {
    let recorder = StatisticsRecorder()
    let logger = Logger(label: "ollama-sandbox")
    let server = LoopbackServer(
        service: OllamaService(configuration, recorder: recorder),
        faults: FaultControl(logger: logger),
        recorder: recorder,
        logger: .quiet("ollama-sandbox-http")
    )
    return try await server.run(port: configuration.port, body)
}

extension Logger {
    /// The HTTP library's own messages are of no use to people who run a stand-in.
    static func quiet(_ label: String) -> Logger {
        var logger = Logger(label: label)
        logger.logLevel = .critical
        return logger
    }
}
