internal import CurlHTTP
internal import FoundationEssentials
internal import Pipeline
internal import WireJSON

/// Turns what an embedding server answers, or fails to answer, into whose fault it is.
struct EmbeddingAnswer {
    /// The server, for messages.
    let server: String
    let model: String
    let redaction: Redaction

    func error(_ error: HTTPError) -> PipelineError {
        let message = "\(server): \(redaction(error.message))"
        switch error.kind {
        case .cancelled, .closed: return .cancelled
        // An answer is as large as the vectors that were asked for, whatever the texts.
        case .resolve, .connect, .timeout, .reset, .other, .tooLarge:
            return PipelineError(
                .server(retryAfter: nil),
                message,
                remedy: "check OLLAMA_BASE_URL, and that the server is up"
            )
        case .invalidURL, .unsupportedScheme, .invalidRequest:
            return PipelineError(.setup, message, remedy: "use http://HOST:PORT in OLLAMA_BASE_URL")
        case .tls:
            return PipelineError(
                .setup,
                message,
                remedy: "check the certificates: ca_file names the authority of the server, client_certificate and "
                    + "client_key what the server asks for"
            )
        }
    }

    /// The error that an answer with another status than 200 stands for.
    func error(_ response: HTTPResponse) -> PipelineError {
        let text = response.redirect.map { "a redirect to \($0)" } ?? message(response.body)
        let message = "\(server): \(response.status) \(text)"
        switch response.status {
        case 400, 413, 422, 500:
            if Self.tooMany.matches(text) { return PipelineError(.tooMuch, message) }
            if Self.overlong.matches(text) { return PipelineError(.row(.overlong), message) }
            // 400 from Ollama 0.14 on, before that 500.
            if Self.notANumber.matches(text) { return PipelineError(.row(.unembeddable), message) }
            if Self.noEmbeddings.matches(text) { return noEmbeddings(message) }
            // A model runner that died while it worked is reported as a bad request by some versions.
            if response.status == 500 || Self.brokenRunner.matches(text) {
                return PipelineError(.server(retryAfter: response.retryAfter), message)
            }
            if Self.brokenRequest.matches(text) {
                return PipelineError(
                    .setup,
                    message,
                    remedy: "check that EMBEDDING_PROVIDER fits, and what changes requests on their way to the server"
                )
            }
            return PipelineError(.row(.unembeddable), message)
        case 401, 403: return PipelineError(.setup, message, remedy: refusalRemedy(response))
        case 404:
            return PipelineError(
                .setup,
                message,
                remedy: text.contains("model")
                    ? "get the model with 'ollama pull \(model)', or name another in EMBEDDING_MODEL"
                    : "check that OLLAMA_BASE_URL and EMBEDDING_PROVIDER fit"
            )
        // 499: Ollama took the request for cancelled.
        case 408, 425, 499: return PipelineError(.server(retryAfter: response.retryAfter), message)
        case 429, 503:
            var error = PipelineError(.server(retryAfter: response.retryAfter), message)
            error.isOverload = true
            return error
        case 501: return noEmbeddings(message)
        case 502...: return PipelineError(.server(retryAfter: response.retryAfter), message)
        default:
            return PipelineError(.setup, message, remedy: "check that OLLAMA_BASE_URL and EMBEDDING_PROVIDER fit")
        }
    }

    /// A single bad vector is its text's fault; an answer that makes no sense as a whole is the server's.
    func error(_ fault: VectorFault) -> PipelineError {
        let message = "\(server): \(fault)"
        switch fault {
        case .malformed, .missing, .misplaced: return PipelineError(.server(retryAfter: nil), message)
        case .wrongDimension, .notFinite, .allZero: return PipelineError(.row(.unembeddable), message)
        }
    }

    private func noEmbeddings(_ message: String) -> PipelineError {
        PipelineError(
            .setup,
            message,
            remedy: "name a model for embeddings in EMBEDDING_MODEL, and start its server so"
        )
    }

    /// An Ollama that listens on the loopback interface alone refuses other names than its own, without a word.
    private func refusalRemedy(_ response: HTTPResponse) -> String {
        response.status == 403 && response.body.isEmpty
            ? "name the server by an IP address in OLLAMA_BASE_URL, or start Ollama with OLLAMA_HOST=0.0.0.0; with a proxy "
                + "before it, check EMBEDDING_API_KEY and the proxy's rules"
            : "check EMBEDDING_API_KEY and the server's access rules"
    }

    /// Words that an error is known by.
    private struct Wordings {
        let parts: [String]

        func matches(_ text: String) -> Bool {
            parts.contains { text.contains($0) }
        }
    }

    /// Ollama from 0.5 on, OpenAI and vLLM; then Ollama 0.30, TEI, and llama.cpp's two.
    private static let overlong = Wordings(parts: [
        "context length", "cannot be truncated further", "must have less than", "available context size",
        "too large to process",
    ])

    /// TEI, and the gateways that repeat it; Azure, OpenAI and DashScope.
    private static let tooMany = Wordings(parts: [
        "maximum allowed batch size", "Too many inputs", "array too long", "batch size is invalid",
    ])

    private static let notANumber = Wordings(parts: ["NaN", "unsupported value", "+Inf", "-Inf"])

    private static let noEmbeddings = Wordings(parts: ["not support embed"])

    private static let brokenRunner = Wordings(parts: [
        "EOF", "unexpected server status", "connection refused", "connection reset", "broken pipe", "i/o timeout",
        "has terminated", "no longer running", "context canceled", "deadline exceeded",
    ])

    /// What Ollama says of a body that is not the one that was sent.
    private static let brokenRequest = Wordings(parts: [
        "missing request body", "invalid input type", "invalid character", "end of JSON input", "invalid model name",
    ])

    private static let largestError = 64 << 10

    /// `{"error": "…"}` as Ollama has it, or `{"error": {"message": "…"}}` as the OpenAI dialect does; else the text.
    ///
    /// Of what is no answer to such a request, such as a proxy's page, no more is looked at than `largestError` bytes, and no
    /// more is told than fits a few lines.
    private func message(_ body: [UInt8]) -> String {
        struct Plain: Decodable { let error: String }
        struct Nested: Decodable {
            struct Detail: Decodable { let message: String }
            let error: Detail
        }
        let data = Data(body.prefix(Self.largestError))
        if let plain = try? JSONDecoder().decode(Plain.self, from: data) { return redaction(plain.error) }
        if let nested = try? JSONDecoder().decode(Nested.self, from: data) { return redaction(nested.error.message) }
        // Redacted first: of a secret that is cut off, the beginning would be left over.
        return String(redaction(String(decoding: data, as: UTF8.self)).filter { !$0.isNewline }.prefix(200))
    }
}
