internal import CurlHTTP
internal import Embedding
internal import Logging
internal import Pipeline
internal import Qdrant

/// The servers of a configuration, reached and asked what they are.
struct Servers {
    let configuration: Configuration
    private let http: HTTPClient
    /// Waits for servers that are not up yet.
    let patience: Retrier
    let logger: Logger

    init(
        _ configuration: Configuration,
        clock: RunClock,
        observer: any Observer,
        logger: Logger
    ) throws(PipelineError) {
        self.configuration = configuration
        self.logger = logger
        do throws(HTTPError) {
            http = try HTTPClient(configuration: configuration.http)
        } catch {
            throw PipelineError(.setup, error.message, remedy: "check ca_file, client_certificate and client_key")
        }
        patience = Retrier(
            policy: RetryPolicy(cap: .seconds(2), maxOutage: configuration.wait),
            clock: clock,
            observer: observer
        )
    }

    /// Ends all connections.
    func close() async {
        await http.shutDown()
    }

    /// The embedding servers that are up, and the model that all of them have.
    ///
    /// - Throws: `.setup` when they differ, `.outage` when none is up.
    func embedding() async throws(PipelineError) -> (servers: [EmbeddingServer], model: EmbeddingModel) {
        let settings = configuration.embedding
        let all = settings.urls.map { url in
            EmbeddingServer(
                baseURL: url,
                provider: settings.provider,
                model: settings.model,
                apiKey: settings.apiKey,
                http: http
            )
        }
        let inspected = await withTaskGroup(of: (Int, Result<EmbeddingModel, PipelineError>).self) { group in
            for (index, server) in all.enumerated() {
                group.addTask { (index, await inspect(server)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        var up: [EmbeddingServer] = []
        var model: EmbeddingModel?
        var down: [PipelineError] = []
        for (index, server) in all.enumerated() {
            do throws(PipelineError) {
                guard let found = try inspected[index]?.get() else { continue }
                if let model, model != found { throw Self.differ(server, up[0], found, model) }
                model = found
                up.append(server)
            } catch {
                guard error.kind == .outage else { throw error }
                down.append(error)
            }
        }
        guard let model else { throw down.first ?? .cancelled }
        for error in down { logger.warning("left out: \(error)") }
        return (up, model)
    }

    private func inspect(_ server: EmbeddingServer) async -> Result<EmbeddingModel, PipelineError> {
        do throws(PipelineError) {
            return .success(
                try await patience.run(.embedder) { () async throws(PipelineError) in try await server.inspect() }
                    .result
            )
        } catch {
            return .failure(error)
        }
    }

    private static func differ(
        _ server: EmbeddingServer,
        _ first: EmbeddingServer,
        _ model: EmbeddingModel,
        _ expected: EmbeddingModel
    ) -> PipelineError {
        PipelineError(
            .setup,
            "\(server.name) has another \(model.name) (digest \(model.digest?.prefix(12) ?? "unknown"), "
                + "\(model.dimension) components) than \(first.name) (digest "
                + "\(expected.digest?.prefix(12) ?? "unknown"), \(expected.dimension) components)",
            remedy: "run 'ollama pull \(model.name)' on all servers, or leave one out of OLLAMA_BASE_URL"
        )
    }

    /// A client for the collection, and the version of its server.
    func qdrant() async throws(PipelineError) -> (client: QdrantClient, version: QdrantVersion) {
        let client = QdrantClient(
            baseURL: configuration.qdrantURL,
            collection: configuration.collection,
            apiKey: configuration.qdrantKey,
            http: http
        )
        let version = try await patience.run(.sink) { () async throws(PipelineError) in try await client.version() }
        return (client, version.result)
    }
}
