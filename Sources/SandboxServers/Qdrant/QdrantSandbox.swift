internal import Logging

/// A stand-in for a Qdrant server, over its REST interface.
public enum QdrantSandbox {
    /// How the server is set up.
    public struct Configuration: Sendable {
        /// 0 takes any free port.
        public var port: Int
        /// The version it says it is, and keeps to: below 1.15 more vectors go without an index; below 1.16 collections
        /// have no metadata; below 1.17 they do not tell how many changes wait; below 1.19 a write that is not waited
        /// for is acknowledged even when it cannot be done.
        public var version: String
        /// When set, demanded as `api-key` or `Authorization: Bearer` on every route but `/`, `/healthz`, `/livez` and
        /// `/readyz`.
        public var apiKey: String?
        /// Where collections and points are kept; nil keeps them in memory only. One server at a time can use it.
        public var dataDirectory: String?
        /// How long a collection is yellow after a change of what is to be indexed, before the indexing begins.
        public var indexingTime: Duration
        /// How long a vector takes to be indexed; meanwhile the collection is yellow.
        public var indexingPace: Duration
        /// The kilobytes of vectors that a new collection leaves without an index, as a server can be set up; nil for what
        /// its version has.
        public var indexingThreshold: Int?

        public init(
            port: Int = 0,
            version: String = "1.16.0",
            apiKey: String? = nil,
            dataDirectory: String? = nil,
            indexingTime: Duration = .zero,
            indexingPace: Duration = .zero,
            indexingThreshold: Int? = nil
        ) {
            self.port = port
            self.version = version
            self.apiKey = apiKey
            self.dataDirectory = dataDirectory
            self.indexingTime = indexingTime
            self.indexingPace = indexingPace
            self.indexingThreshold = indexingThreshold
        }

        /// Whether the version is this one or a later one.
        func isAtLeast(_ major: Int, _ minor: Int) -> Bool {
            let parts = version.split(separator: ".").map { Int($0) ?? 0 }
            return (parts.first ?? 0, parts.dropFirst().first ?? 0) >= (major, minor)
        }
    }
}

/// Runs a Qdrant stand-in on 127.0.0.1 while `body` runs.
///
/// ```swift
/// try await withQdrantSandbox { qdrant in
///     try await sync(to: qdrant.url)
///     let (_, body) = try await qdrant.ask("POST", "/collections/c/points/count", "{}")
/// }
/// ```
///
/// - Throws: `SandboxError` when the port or the data directory cannot be had, and whatever `body` throws.
public func withQdrantSandbox<Result>(
    _ configuration: QdrantSandbox.Configuration = .init(),
    _ body: (RunningServer) async throws -> Result
) async throws -> Result {
    let recorder = StatisticsRecorder()
    let server = LoopbackServer(
        service: try QdrantService(configuration, recorder: recorder),
        faults: FaultControl(logger: Logger(label: "qdrant-sandbox")),
        recorder: recorder,
        logger: .quiet("qdrant-sandbox-http")
    )
    return try await server.run(port: configuration.port, body)
}
