internal import CurlHTTP
internal import FoundationEssentials
internal import Pipeline
internal import WireJSON

/// Turns what an embedding server answers, or fails to answer, into whose fault it is.
struct EmbeddingAnswer {
    /// The server, for messages.
    let server: String
    let model: String

    func error(_ error: HTTPError) -> PipelineError {
        let message = "\(server): \(error.message)"
        switch error.kind {
        case .cancelled, .closed: return .cancelled
        case .resolve, .connect, .timeout, .reset, .other:
            return PipelineError(
                .server(retryAfter: nil),
                message,
                remedy: "check OLLAMA_BASE_URL, and that the server is up"
            )
        case .tooLarge:
            return PipelineError(.row(.unembeddable), message)
        case .invalidURL, .unsupportedScheme, .invalidRequest:
            return PipelineError(.setup, message, remedy: "use http://HOST:PORT in OLLAMA_BASE_URL")
        case .tls:
            return PipelineError(
                .setup,
                message,
                remedy: "check the certificates, or give the authority's with ca_file"
            )
        }
    }

    /// The error that an answer with another status than 200 stands for.
    func error(_ response: HTTPResponse) -> PipelineError {
        let text = Self.message(response.body)
        let message = "\(server): \(response.status) \(text)"
        switch response.status {
        case 400, 413, 422:
            if Self.isOverlong(text) { return PipelineError(.row(.overlong), message) }
            // A model runner that died while it worked is reported as a bad request by some versions.
            if Self.isRunnerFault(text) { return PipelineError(.server(retryAfter: nil), message) }
            return PipelineError(.row(.unembeddable), message)
        case 401, 403:
            return PipelineError(.setup, message, remedy: "check EMBEDDING_API_KEY and the server's access rules")
        case 404:
            return PipelineError(
                .setup,
                message,
                remedy: "get the model with 'ollama pull \(model)', or name another in EMBEDDING_MODEL"
            )
        case 408, 425, 429, 499:
            return PipelineError(.server(retryAfter: response.retryAfter), message)
        case 500 where text.contains("NaN"):
            return PipelineError(.row(.unembeddable), message)
        case 500...:
            return PipelineError(.server(retryAfter: response.retryAfter), message)
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

    /// The wordings of Ollama from 0.5 on, vLLM and TEI.
    private static func isOverlong(_ text: String) -> Bool {
        ["context length", "maximum context", "cannot be truncated further", "must have less than"]
            .contains { text.contains($0) }
    }

    private static func isRunnerFault(_ text: String) -> Bool {
        ["EOF", "unexpected server status", "connection refused", "connection reset"].contains { text.contains($0) }
    }

    /// `{"error": "…"}` as Ollama has it, or `{"error": {"message": "…"}}` as the OpenAI dialect does; else the text.
    private static func message(_ body: [UInt8]) -> String {
        struct Plain: Decodable { let error: String }
        struct Nested: Decodable {
            struct Detail: Decodable { let message: String }
            let error: Detail
        }
        let data = Data(body.prefix(64 << 10))
        if let plain = try? JSONDecoder().decode(Plain.self, from: data) { return plain.error }
        if let nested = try? JSONDecoder().decode(Nested.self, from: data) { return nested.error.message }
        return String(decoding: body.prefix(200), as: UTF8.self).filter { !$0.isNewline }
    }
}
