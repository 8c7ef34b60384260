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

    /// Reaches servers for the first time. One that was never there is a matter of the set-up, not an outage to wait for.
    func reaching<Result>(
        _ body: () async throws(PipelineError) -> Result
    ) async throws(PipelineError) -> Result {
        do throws(PipelineError) {
            return try await body()
        } catch {
            guard error.kind == .outage else { throw error }
            throw PipelineError(.setup, error.message, remedy: error.remedy)
        }
    }

    /// Ends all connections.
    func close() async {
        await http.shutDown()
    }

    /// The embedding servers of the configuration, none of which has been asked anything.
    var embeddingServers: [EmbeddingServer] {
        let settings = configuration.embedding
        return settings.urls.map { url in
            EmbeddingServer(
                baseURL: url,
                provider: settings.provider,
                model: settings.model,
                apiKey: settings.apiKey,
                http: http
            )
        }
    }

    /// What each embedding server of the configuration answers, in its order. Takes as long as the slowest of them: the
    /// first answer may have to wait for the model.
    func inspectedEmbedders() async -> [EmbeddingServers.Inspected] {
        let all = embeddingServers
        let results = await withTaskGroup(of: (Int, Result<EmbeddingInspection, PipelineError>).self) { group in
            for (index, server) in all.enumerated() {
                group.addTask { (index, await inspect(server)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        return all.enumerated().map { index, server in
            EmbeddingServers.Inspected(server: server, result: results[index] ?? .failure(.cancelled))
        }
    }

    private func inspect(_ server: EmbeddingServer) async -> Result<EmbeddingInspection, PipelineError> {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // A model that is loaded answers sooner.
                guard (try? await Task.sleep(for: .seconds(5))) != nil else { return }
                logger.notice("waiting for the first answer of \(server.name): it may have to load the model")
            }
            defer { group.cancelAll() }
            do throws(PipelineError) {
                return .success(
                    try await patience.run(.embedder) { () async throws(PipelineError) in
                        try await inspectOnce(server)
                    }.result
                )
            } catch {
                return .failure(error)
            }
        }
    }

    /// A server that keeps a request for longer than it is waited for, and then fails it, is not asked again: the first
    /// request may take minutes, since the model is loaded, but not one after another.
    private func inspectOnce(_ server: EmbeddingServer) async throws(PipelineError) -> EmbeddingInspection {
        let began = patience.clock.now
        do throws(PipelineError) {
            return try await server.inspect()
        } catch {
            guard error.isRetryable, patience.clock.now - began > configuration.wait else { throw error }
            throw PipelineError(.outage, error.message, remedy: error.remedy)
        }
    }

    /// A client for the collection, whose server has not been asked anything.
    var qdrantClient: QdrantClient {
        QdrantClient(
            baseURL: configuration.qdrantURL,
            collection: configuration.collection,
            apiKey: configuration.qdrantKey,
            http: http
        )
    }

    /// A client for the collection, and the version of its server.
    func qdrant() async throws(PipelineError) -> (client: QdrantClient, version: QdrantVersion) {
        let client = qdrantClient
        let version = try await patience.run(.sink) { () async throws(PipelineError) in try await client.version() }
        return (client, version.result)
    }
}
