internal import CurlHTTP
internal import FoundationEssentials
internal import Pipeline

/// Turns what Qdrant answers, or fails to answer, into whose fault it is.
struct QdrantAnswer {
    let redaction: Redaction

    func error(_ error: HTTPError) -> PipelineError {
        let message = "Qdrant: \(redaction(error.message))"
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
                remedy: "check the certificates: ca_file names the authority of the server, client_certificate and "
                    + "client_key what the server asks for"
            )
        }
    }

    /// The error that an answer with another status than 200 stands for.
    ///
    /// - Parameter isChange: whether the request is one of many points, of which one may be at fault, or which may be too
    ///   many at once.
    func error(_ response: HTTPResponse, isChange: Bool) -> PipelineError {
        let spoken = Self.envelope(response.body).map { redaction($0) }
        let text = response.redirect.map { "a redirect to \($0)" } ?? spoken ?? plainText(response.body)
        let message = "Qdrant: \(response.status) \(text)"
        // Collections in strict mode refuse with 403 in 1.13 and 1.14, with 400 since.
        if [400, 403].contains(response.status), let error = limit(text, message, isChange: isChange) { return error }
        switch response.status {
        case 400, 413, 422:
            if Self.unfitVectors.contains(where: { text.contains($0) }) {
                return PipelineError(
                    .setup,
                    message,
                    remedy: "name a collection made for this model in QDRANT_COLLECTION"
                )
            }
            return PipelineError(isChange ? .row(.unstorable) : .setup, message)
        case 401, 403:
            return PipelineError(.setup, message, remedy: "check QDRANT_API_KEY: it must allow writing")
        case 404:
            // A new payload for a point that is gone.
            if isChange, text.contains("No point with id") { return PipelineError(.row(.unstorable), message) }
            return PipelineError(
                .setup,
                message,
                remedy: "run the sync again: it makes the collection when it is missing"
            )
        // Qdrant tells no time to wait when the request alone costs more than is allowed in a minute.
        case 429 where spoken != nil && response.retryAfter == nil:
            return PipelineError(
                isChange ? .tooMuch : .server(retryAfter: nil),
                message,
                remedy: "raise the collection's rate limit in its strict_mode_config"
            )
        case 507,
            500 where response.status == 507 || text.contains("No space left"):
            return PipelineError(
                .server(retryAfter: response.retryAfter ?? Self.roomTakes),
                message,
                remedy: Self.makeRoom
            )
        // 409: somebody made the collection at the same moment.
        case 408, 409, 425, 429, 500...:
            return PipelineError(.server(retryAfter: response.retryAfter), message)
        default:
            return PipelineError(.setup, message, remedy: "check that QDRANT_URL is the address of a Qdrant server")
        }
    }

    /// How long to leave a server alone that has no room: none is made at once.
    private static let roomTakes: Duration = .seconds(5)

    private static let makeRoom = "make room on Qdrant's disk and in its memory, or raise its quotas"

    /// The collection has vectors of another size or under names, or is divided by shard keys.
    private static let unfitVectors = ["Vector dimension error", "vector name", "Shard key", "shard key"]

    /// The error that a collection's own limits stand for; nil where the text tells of none.
    private func limit(_ text: String, _ message: String, isChange: Bool) -> PipelineError? {
        let limits = "raise this limit in the collection's strict_mode_config"
        // Memory is freed again; nothing else about it can be done from here.
        if text.contains("Resident memory usage is at") {
            return PipelineError(.server(retryAfter: Self.roomTakes), message, remedy: Self.makeRoom)
        }
        // `upsert limit`, or whatever the limit of a batch is called: fewer points may be taken.
        if isChange, text.contains("Limit exceeded") { return PipelineError(.tooMuch, message, remedy: limits) }
        if text.contains("Max "), text.contains(" limit of "), text.contains(" reached") {
            return PipelineError(.setup, message, remedy: limits)
        }
        // Every violation of strict mode brings advice: a filter without an index, too many conditions, an operation
        // that is switched off.
        return text.contains(". Help: ") ? PipelineError(.setup, message, remedy: limits) : nil
    }

    /// What Qdrant says in `{"status": {"error": "…"}}`; nil for plain text, as where a key was refused or a proxy spoke.
    private static func envelope(_ body: [UInt8]) -> String? {
        struct Envelope: Decodable {
            struct Status: Decodable { let error: String }
            let status: Status
        }
        return try? JSONDecoder().decode(Envelope.self, from: Data(body.prefix(64 << 10))).status.error
    }

    private func plainText(_ body: [UInt8]) -> String {
        // Redacted first: of a secret that is cut off, the beginning would be left over.
        String(redaction(String(decoding: body.prefix(64 << 10), as: UTF8.self)).filter { !$0.isNewline }.prefix(200))
    }
}
