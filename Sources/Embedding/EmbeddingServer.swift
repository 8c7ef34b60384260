public import CurlHTTP
public import Pipeline
internal import WireJSON

/// One embedding server: asked what its model is, then for embeddings.
public struct EmbeddingServer: Sendable {
    /// Its address without credentials, for messages.
    public let name: String
    let model: String
    let dialect: any Dialect
    let connection: ServerConnection

    /// - Parameters:
    ///   - baseURL: such as `http://localhost:11434`; a path in it is kept.
    ///   - apiKey: sent as a Bearer token.
    public init(
        baseURL: String,
        provider: EmbeddingProvider,
        model: String,
        apiKey: String? = nil,
        http: HTTPClient,
        timeout: Duration = .seconds(300)
    ) {
        let base = String(baseURL.reversed().drop { $0 == "/" }.reversed())
        // Credentials stand before the last `@` of the authority.
        let parts = base.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)
        name = parts.count == 2 ? String(parts[1].split(separator: "@").last ?? parts[1]) : base
        self.model = model
        dialect = provider == .ollama ? OllamaDialect() : OpenAIDialect()
        var headers = [HTTPHeader("Content-Type", "application/json")]
        if let apiKey { headers.append(HTTPHeader("Authorization", "Bearer \(apiKey)")) }
        connection = ServerConnection(
            baseURL: base,
            headers: headers,
            http: http,
            answer: EmbeddingAnswer(
                server: name,
                model: model,
                redaction: Redaction(urls: [base, http.proxy], secrets: [apiKey])
            ),
            timeout: timeout
        )
    }

    /// Asks for the model's description, and for the canaries' vectors, which loads the model and shows its dimension.
    ///
    /// - Throws: `.setup` when the model is not there or makes no embeddings, `.server` while the server is not up.
    public func inspect() async throws(PipelineError) -> EmbeddingInspection {
        let description = try await dialect.describe(model, connection)
        let clock = ContinuousClock()
        let began = clock.now
        let canaries: [Vector]
        do throws(PipelineError) {
            canaries = try await embed(Canaries.texts.map { Array($0.utf8)[...] }, prefix: "", dimension: nil)
        } catch {
            // What fails for texts as plain as these fails for all.
            guard error.rowFault != nil else { throw error }
            throw noModel(error.message)
        }
        let duration = clock.now - began
        let dimensions = canaries.map { VectorScan.componentCount($0.json) }
        guard let dimension = dimensions.first, dimensions.allSatisfy({ $0 == dimension }) else {
            throw noModel(
                "\(name): the embeddings have \(dimensions.map(String.init).joined(separator: ", ")) components"
            )
        }
        return EmbeddingInspection(
            model: EmbeddingModel(
                name: model,
                digest: description.digest,
                dimension: dimension,
                contextLength: description.contextLength
            ),
            canaries: canaries,
            duration: duration
        )
    }

    private func noModel(_ message: String) -> PipelineError {
        PipelineError(.setup, message, remedy: "check that \(model) is a model for embeddings")
    }

    /// The server as the engine sees it.
    ///
    /// - Parameters:
    ///   - model: what `inspect` found.
    ///   - prefix: put before each text.
    public func embedder(for model: EmbeddingModel, prefix: String) -> any Embedder {
        PreparedEmbedder(server: self, dimension: model.dimension, prefix: prefix)
    }

    private struct PreparedEmbedder: Embedder {
        let server: EmbeddingServer
        let dimension: Int
        let prefix: String

        var name: String { server.name }

        @concurrent
        func embed(_ texts: [Bytes], within deadline: Duration) async throws(PipelineError) -> [Vector] {
            try await server.embed(texts, prefix: prefix, dimension: dimension, within: deadline)
        }
    }

    private func embed(
        _ texts: [Bytes],
        prefix: String,
        dimension: Int?,
        within deadline: Duration? = nil
    ) async throws(PipelineError) -> [Vector] {
        try await exchange(texts, prefix: prefix, dimension: dimension, within: deadline).vectors
    }

    /// - Parameters:
    ///   - dimension: nil where it is not known yet.
    ///   - deadline: nil for the server's own.
    /// - Returns: the vectors, and the answer that they stand in.
    func exchange(
        _ texts: [Bytes],
        prefix: String,
        dimension: Int?,
        within deadline: Duration? = nil
    ) async throws(PipelineError) -> (vectors: [Vector], answer: [UInt8]) {
        let answer = try await connection.post(
            dialect.path,
            body(texts, prefix: Array(prefix.utf8)[...]),
            within: deadline,
            limit: dimension.map { Self.largestAnswer(vectors: texts.count, dimension: $0) }
        )
        let vectors: [Bytes]
        do throws(VectorFault) {
            vectors = try dialect.vectors(in: answer, dimension: dimension)
        } catch {
            throw connection.answer.error(error)
        }
        // Vectors that cannot be told apart must never be matched up by position.
        guard vectors.count == texts.count else {
            throw PipelineError(
                .server(retryAfter: nil),
                "\(name): \(vectors.count) embeddings for \(texts.count) texts",
                remedy: "update the embedding server: its answers cannot be matched up with their texts"
            )
        }
        return (vectors.map(Vector.init), answer)
    }

    /// As many bytes as an answer with so many vectors can need. A component takes 24 digits at the most, and some
    /// servers set off each with white space; a mebibyte is for what stands beside the vectors.
    private static func largestAnswer(vectors: Int, dimension: Int) -> Int {
        let (size, overflows) = (64 * dimension).multipliedReportingOverflow(by: vectors)
        return overflows ? .max : (1 << 20) + min(size, 1 << 32)
    }

    private func body(_ texts: [Bytes], prefix: Bytes) -> [UInt8] {
        var body: [UInt8] = []
        // An eighth more than the texts have, for line breaks and quotes, which are escaped.
        body.reserveCapacity(texts.reduce(256) { $0 + $1.count + $1.count / 8 + prefix.count + 3 })
        body.append(json: "{\"model\":")
        body.append(jsonString: model)
        body.append(json: ",\"input\":[")
        for (index, text) in texts.enumerated() {
            if index > 0 { body.append(json: ",") }
            body.append(jsonString: text, prefix: prefix)
        }
        body.append(json: "]")
        body.append(json: dialect.options)
        body.append(json: "}")
        return body
    }
}
