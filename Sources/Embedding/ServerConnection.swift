internal import CurlHTTP
internal import FoundationEssentials
internal import Pipeline

/// Sends requests to one embedding server and sorts out what comes back.
struct ServerConnection: Sendable {
    /// Without a slash at its end.
    let baseURL: String
    let headers: [HTTPHeader]
    let http: HTTPClient
    let answer: EmbeddingAnswer
    /// Long enough for a large model to be loaded.
    let timeout: Duration

    /// More than any answer has whose size is not known beforehand.
    private static let anyAnswer = 16 << 20

    func get(_ path: String) async throws(PipelineError) -> [UInt8] {
        try await send(.get, path, [])
    }

    /// - Parameters:
    ///   - deadline: nil for `timeout`.
    ///   - limit: the most bytes that the answer may have; nil where nothing is known about it.
    func post(
        _ path: String,
        _ body: [UInt8],
        within deadline: Duration? = nil,
        limit: Int? = nil
    ) async throws(PipelineError) -> [UInt8] {
        try await send(.post, path, body, within: deadline, limit: limit)
    }

    /// The body of an answer that says 200.
    private func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: [UInt8],
        within deadline: Duration? = nil,
        limit: Int? = nil
    ) async throws(PipelineError) -> [UInt8] {
        let request = HTTPRequest(
            method,
            baseURL + path,
            headers: headers,
            body: body,
            timeout: deadline ?? timeout,
            maximumResponseBytes: limit ?? Self.anyAnswer
        )
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await http.send(request)
        } catch {
            throw answer.error(error)
        }
        guard response.status == 200 else { throw answer.error(response) }
        return response.body
    }

    func decode<Value: Decodable>(_ body: [UInt8]) throws(PipelineError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(body))
        } catch {
            throw PipelineError(
                .setup,
                "\(answer.server): the answer is not the expected JSON",
                remedy: "check that OLLAMA_BASE_URL and EMBEDDING_PROVIDER fit"
            )
        }
    }
}
