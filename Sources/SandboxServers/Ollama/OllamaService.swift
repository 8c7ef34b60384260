/// Ollama's side of the conversation.
struct OllamaService: SandboxService {
    private let configuration: OllamaSandbox.Configuration
    let model: ModelControl
    private let queue: ServiceQueue
    let memory: ModelMemory
    private let recorder: StatisticsRecorder

    // The real server has no limit; this one protects the machine that tests run on.
    let bodyLimit = 256 << 20
    let idleTimeout: Duration? = nil

    init(_ configuration: OllamaSandbox.Configuration, recorder: StatisticsRecorder) {
        self.configuration = configuration
        self.recorder = recorder
        model = ModelControl(
            ModelVersion(revision: configuration.revision, vectorsVersion: configuration.vectorsVersion)
        )
        queue = ServiceQueue(configuration)
        memory = ModelMemory(loadTime: configuration.loadTime)
    }

    private var card: ModelCard { ModelCard(configuration, revision: model.version.revision) }

    func tooLarge(length: Int) -> HTTPReply {
        .json(["error": "http: request body too large"], status: 413)
    }

    func failure(status: Int, message: String, call: HTTPCall) -> HTTPReply {
        guard call.segments.first == "v1" else { return .json(["error": .string(message)], status: status) }
        let type =
            switch status {
            case 400..<404, 405..<500: "invalid_request_error"
            case 404: "not_found_error"
            default: "api_error"
            }
        return .json(
            ["error": ["message": .string(message), "type": .string(type), "param": .null, "code": .null]],
            status: status
        )
    }

    func route(of call: HTTPCall) -> String { "\(call.method) \(call.path)" }

    func faultTarget(of call: HTTPCall) -> String? {
        ["/api/embed", "/api/embeddings", "/v1/embeddings"].contains(call.path) ? "embed" : nil
    }

    func matchedTexts(of call: HTTPCall) -> [[UInt8]]? {
        guard faultTarget(of: call) != nil else { return nil }
        return try? EmbedBody(call.body, inputKey: call.path == "/api/embeddings" ? "prompt" : "input").texts
    }

    func reset(includingData: Bool) {
        memory.unload()
    }

    func answer(_ call: HTTPCall, fault: ContentFault?) async throws -> HTTPReply {
        if let key = configuration.apiKey, call.path != "/", call.presentedKey != key {
            return failure(status: 401, message: "unauthorized", call: call)
        }
        do {
            switch (call.method, call.path) {
            case ("GET", "/"), ("HEAD", "/"): return .text("Ollama is running")
            case ("GET", "/api/version"), ("HEAD", "/api/version"):
                return .json(["version": .string(configuration.version)])
            case ("GET", "/api/tags"), ("HEAD", "/api/tags"): return .json(["models": [card.listing]])
            case ("GET", "/api/ps"):
                return .json(["models": memory.isLoaded ? [card.process] : []])
            case ("POST", "/api/show"): return try show(call)
            case ("GET", "/v1/models"): return .json(["object": "list", "data": [card.openAIListing]])
            case ("POST", "/api/embed"): return try await embed(call, fault: fault)
            case ("POST", "/api/embeddings"): return try await legacyEmbeddings(call, fault: fault)
            case ("POST", "/v1/embeddings"): return try await openAIEmbeddings(call, fault: fault)
            default: return .text("404 page not found", status: 404)
            }
        } catch let refusal as OllamaFailure {
            return failure(status: refusal.status, message: refusal.message, call: call)
        }
    }

    private func show(_ call: HTTPCall) throws(OllamaFailure) -> HTTPReply {
        guard !call.body.isEmpty else { throw .badRequest("missing request body") }
        let request: JSONValue
        do {
            request = try JSONValue(parsing: call.body)
        } catch {
            throw .unreadable(error, body: call.body)
        }
        guard let name = request["model"]?.string ?? request["name"]?.string, !name.isEmpty else {
            throw .badRequest("model is required")
        }
        guard card.answers(to: name) else { throw .unknown(name) }
        return .json(card.description)
    }

    /// Checks that a request is one that the model can serve.
    func admit(_ request: EmbedBody) throws(OllamaFailure) {
        guard !request.model.isEmpty else { throw .unknown(request.model) }
        guard card.answers(to: request.model) else { throw .notPulled(request.model) }
        recorder.receivedEmbedRequest(texts: request.texts)
    }

    /// Embeds a request's texts when the model is loaded and their turn has come.
    /// - Returns: the embeddings, the tokens of all the texts, and how long the request waited for the model.
    func embeddings(
        of request: EmbedBody,
        fault: ContentFault?
    ) async throws -> (embeddings: Embeddings, tokens: Int, loading: Duration) {
        let arrived = ContinuousClock.now
        try await memory.load()
        let loading = ContinuousClock.now - arrived
        defer { if request.unloads { memory.unload() } }
        var tokens = 0
        var embedder = LexicalEmbedder(salt: model.version.salt)
        var components: [Float] = []
        components.reserveCapacity(request.texts.count * configuration.dimension)
        for text in request.texts {
            let covered = TextTokens.count(text, limit: configuration.contextLength)
            let isWhole = text[covered.bytes...].allSatisfy { $0 <= 0x20 }
            guard isWhole || request.truncate else {
                throw OllamaFailure.badRequest("the input length exceeds the context length")
            }
            tokens += covered.tokens
            embedder.embed(
                isWhole ? text : Array(text[..<covered.bytes]),
                dimension: configuration.dimension,
                into: &components
            )
        }
        try await queue.serve(request.texts.count)
        if let fault, fault.kind == .nan, request.texts.contains(where: { fault.strikes($0) }) {
            throw OllamaFailure(status: 500, message: "failed to encode response: json: unsupported value: NaN")
        }
        recorder.embedded(request.texts)
        var embeddings = Embeddings(
            dimension: configuration.dimension,
            count: request.texts.count,
            components: components
        )
        if request.dimensions > 0, request.dimensions < configuration.dimension {
            embeddings.shorten(to: request.dimensions)
        }
        if let fault { embeddings.commit(fault, texts: request.texts) }
        return (embeddings, tokens, loading)
    }
}
