internal import CurlHTTP
internal import FoundationEssentials
internal import Pipeline

/// Turns what Qdrant answers, or fails to answer, into whose fault it is.
struct QdrantAnswer {
    func error(_ error: HTTPError) -> PipelineError {
        let message = "Qdrant: \(error.message)"
        switch error.kind {
        case .cancelled, .closed: return .cancelled
        case .resolve, .connect, .timeout, .reset, .other, .tooLarge:
            return PipelineError(
                .server(retryAfter: nil),
                message,
                remedy: "check QDRANT_URL, and that the server is up"
            )
        case .invalidURL, .unsupportedScheme, .invalidRequest:
            return PipelineError(.setup, message, remedy: "use http://HOST:PORT in QDRANT_URL")
        case .tls:
            return PipelineError(
                .setup,
                message,
                remedy: "check the certificates, or give the authority's with ca_file"
            )
        }
    }

    /// The error that an answer with another status than 200 stands for.
    ///
    /// - Parameter isUpsert: whether a request that is refused may be the fault of one of its points.
    func error(_ response: HTTPResponse, isUpsert: Bool) -> PipelineError {
        let text = Self.message(response.body)
        let message = "Qdrant: \(response.status) \(text)"
        switch response.status {
        case 400, 413, 422:
            if text.contains("Vector dimension error") {
                return PipelineError(
                    .setup,
                    message,
                    remedy: "name a collection made for this model in QDRANT_COLLECTION"
                )
            }
            return PipelineError(isUpsert ? .row(.unstorable) : .setup, message)
        case 401, 403:
            return PipelineError(.setup, message, remedy: "check QDRANT_API_KEY: it must allow writing")
        case 404:
            // A new payload for a point that is gone.
            if isUpsert, text.contains("No point with id") { return PipelineError(.row(.unstorable), message) }
            return PipelineError(
                .setup,
                message,
                remedy: "run the sync again: it makes the collection when it is missing"
            )
        // 409: somebody made the collection at the same moment.
        case 408, 409, 425, 429, 500...:
            return PipelineError(.server(retryAfter: response.retryAfter), message)
        default:
            return PipelineError(.setup, message, remedy: "check that QDRANT_URL is the address of a Qdrant server")
        }
    }

    /// `{"status": {"error": "…"}}`, or plain text where a key was refused.
    private static func message(_ body: [UInt8]) -> String {
        struct Envelope: Decodable {
            struct Status: Decodable { let error: String }
            let status: Status
        }
        let data = Data(body.prefix(64 << 10))
        if let envelope = try? JSONDecoder().decode(Envelope.self, from: data) { return envelope.status.error }
        return String(decoding: body.prefix(200), as: UTF8.self).filter { !$0.isNewline }
    }
}
