/// Qdrant's side of the conversation.
struct QdrantService: SandboxService {
    let configuration: QdrantSandbox.Configuration
    let registry: CollectionRegistry
    let recorder: StatisticsRecorder

    let bodyLimit = 32 << 20
    let idleTimeout: Duration? = .seconds(5)

    init(_ configuration: QdrantSandbox.Configuration, recorder: StatisticsRecorder) throws {
        self.configuration = configuration
        self.recorder = recorder
        registry = try CollectionRegistry(
            directory: configuration.dataDirectory.map { try DataDirectory(path: $0) },
            indexingPace: configuration.indexingPace
        )
    }

    func tooLarge(length: Int) -> HTTPReply {
        Envelope().failure(
            QdrantFailure(
                status: 400,
                message: "JSON payload (\(length) bytes) is larger than allowed (limit: \(bodyLimit) bytes)."
            )
        )
    }

    func failure(status: Int, message: String, call: HTTPCall) -> HTTPReply {
        Envelope().failure(QdrantFailure(status: status, message: message))
    }

    func route(of call: HTTPCall) -> String { QdrantRoute(call).pattern }

    func faultTarget(of call: HTTPCall) -> String? {
        switch QdrantRoute(call).pattern {
        case "PUT /collections/*/points": "upsert"
        case "GET /collections/*": "collection"
        default: nil
        }
    }

    func matchedTexts(of call: HTTPCall) -> [[UInt8]]? { nil }

    func reset(includingData: Bool) throws {
        guard includingData else { return }
        for name in registry.names { _ = try registry.remove(name) }
    }

    func answer(_ call: HTTPCall, fault: ContentFault?) -> HTTPReply {
        let envelope = Envelope()
        if let reply = open(call) { return reply }
        if let key = configuration.apiKey, call.presentedKey != key {
            return .text(
                call.presentedKey == nil
                    ? "Must provide an API key or an Authorization bearer token" : "Invalid API key or JWT",
                status: 401
            )
        }
        do {
            let route = QdrantRoute(call)
            return try collections(route, call, envelope, fault: fault?.kind)
                ?? changes(route, call, envelope, isLate: fault?.kind == .waitTimeout)
                ?? reads(route, call, envelope)
                ?? HTTPReply.text("", status: 404)
        } catch let failure as QdrantFailure {
            return envelope.failure(failure)
        } catch let error as JSONSyntaxError {
            return envelope.failure(.format("\(error)"))
        } catch {
            return envelope.failure(.storage("\(error)"))
        }
    }

    /// The routes that need no key.
    private func open(_ call: HTTPCall) -> HTTPReply? {
        guard call.method == "GET" || call.method == "HEAD" else { return nil }
        switch call.path {
        case "/":
            return .json([
                "title": "qdrant - vector search engine", "version": .string(configuration.version),
                "commit": "0000000000000000000000000000000000000000",
            ])
        case "/healthz", "/livez": return .text("healthz check passed")
        case "/readyz": return .text("all shards are ready")
        default: return nil
        }
    }
}
