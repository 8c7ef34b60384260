public import CurlHTTP
internal import FoundationEssentials
public import Pipeline

/// One collection of a Qdrant server, over REST.
public struct QdrantClient: Sendable {
    /// The name that was configured: of a collection, or an alias of one of its generations.
    public let configured: CollectionName
    /// The collection that requests are about: that of the configured name, or one of its generations.
    public private(set) var collection: CollectionName
    private let baseURL: String
    private let headers: [HTTPHeader]
    private let http: HTTPClient
    private let timeout: Duration
    private let answer: QdrantAnswer
    private let maximumResponseBytes: Int

    /// - Parameters:
    ///   - baseURL: such as `http://localhost:6333`.
    ///   - maximumResponseBytes: no answer that is larger is taken. A point alone may fill a request of 32 MiB.
    public init(
        baseURL: String,
        collection: CollectionName,
        apiKey: String? = nil,
        http: HTTPClient,
        timeout: Duration = .seconds(120),
        maximumResponseBytes: Int = 64 << 20
    ) {
        self.baseURL = String(baseURL.reversed().drop { $0 == "/" }.reversed())
        configured = collection
        self.collection = collection
        self.http = http
        self.timeout = timeout
        answer = QdrantAnswer(redaction: Redaction(urls: [baseURL, http.proxy], secrets: [apiKey]))
        self.maximumResponseBytes = maximumResponseBytes
        var headers = [HTTPHeader("Content-Type", "application/json")]
        if let apiKey { headers.append(HTTPHeader("api-key", apiKey)) }
        self.headers = headers
    }

    /// The same server's collection `name`: the configured one, one of its generations, or one to measure with.
    public func aimed(at name: CollectionName) -> QdrantClient {
        precondition(
            name == configured || configured.generationNumber(of: name.description) != nil
                || configured.scratch(named: name.description) != nil,
            "\(name) is neither \(configured) nor a generation of it, nor one to measure with"
        )
        var client = self
        client.collection = name
        return client
    }

    /// Every URL of a collection is made here, and only of the one collection that this client is aimed at.
    private func collectionURL(_ path: String) -> String {
        "\(baseURL)/collections/\(collection)\(path)"
    }

    /// A request about the collection; the body of an answer that says 200.
    func send(
        _ method: HTTPRequest.Method,
        _ path: String = "",
        _ body: [UInt8] = [],
        isChange: Bool = false
    ) async throws(PipelineError) -> [UInt8] {
        let response = try await exchange(method, collectionURL(path), body)
        guard response.status == 200 else { throw answer.error(response, isChange: isChange) }
        return response.body
    }

    /// As `send`, but nil when the answer is larger than is taken.
    func sendUnlessTooLarge(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: [UInt8]
    ) async throws(PipelineError) -> [UInt8]? {
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try await http.send(request(method, collectionURL(path), body))
        } catch {
            if error.kind == .tooLarge { return nil }
            throw answer.error(error)
        }
        guard response.status == 200 else { throw answer.error(response, isChange: false) }
        return response.body
    }

    /// As `send`, but nil when the collection is not there.
    func sendIfPresent(_ method: HTTPRequest.Method, _ path: String = "") async throws(PipelineError) -> [UInt8]? {
        let response = try await exchange(method, collectionURL(path), [])
        if response.status == 404 { return nil }
        guard response.status == 200 else { throw answer.error(response, isChange: false) }
        return response.body
    }

    /// What is asked of the server as a whole, and never of a collection by its name.
    enum ServerPath: String {
        case collections = "/collections"
        case aliases = "/aliases"
        case aliasChanges = "/collections/aliases"
    }

    /// A request about the server as a whole; the body of an answer that says 200.
    func send(
        _ method: HTTPRequest.Method,
        _ path: ServerPath,
        _ body: [UInt8] = []
    ) async throws(PipelineError) -> [UInt8] {
        let response = try await exchange(method, baseURL + path.rawValue, body)
        guard response.status == 200 else { throw answer.error(response, isChange: false) }
        return response.body
    }

    /// The server's version.
    ///
    /// - Throws: `.setup` when it is too old, or no Qdrant.
    public func version() async throws(PipelineError) -> QdrantVersion {
        struct Root: Decodable {
            let title: String
            let version: String
        }
        // It tells what it is soon, or not at all.
        let response = try await exchange(.get, baseURL + "/", [], within: min(timeout, .seconds(30)))
        guard response.status == 200 else { throw answer.error(response, isChange: false) }
        guard let root = try? JSONDecoder().decode(Root.self, from: Data(response.body)),
            root.title.hasPrefix("qdrant"),
            let version = QdrantVersion(root.version)
        else {
            throw PipelineError(
                .setup,
                "the server at QDRANT_URL is no Qdrant",
                remedy: "give the address of its REST API, port 6333"
            )
        }
        guard version >= .oldest else {
            throw PipelineError(
                .setup,
                "Qdrant \(version) is too old",
                remedy: "use Qdrant \(QdrantVersion.oldest) or newer"
            )
        }
        return version
    }

    /// The `result` of an answer.
    func result<Result: Decodable>(_ type: Result.Type, of body: [UInt8]) throws(PipelineError) -> Result {
        do {
            return try JSONDecoder().decode(ResultEnvelope<Result>.self, from: Data(body)).result
        } catch {
            throw PipelineError(.server(retryAfter: nil), "Qdrant: the answer is not the expected JSON")
        }
    }

    private func exchange(
        _ method: HTTPRequest.Method,
        _ url: String,
        _ body: [UInt8],
        within limit: Duration? = nil
    ) async throws(PipelineError) -> HTTPResponse {
        do throws(HTTPError) {
            return try await http.send(request(method, url, body, within: limit))
        } catch {
            throw answer.error(error)
        }
    }

    private func request(
        _ method: HTTPRequest.Method,
        _ url: String,
        _ body: [UInt8],
        within limit: Duration? = nil
    ) -> HTTPRequest {
        // Qdrant closes a connection that was idle for five seconds.
        HTTPRequest(
            method,
            url,
            headers: headers,
            body: body,
            timeout: limit ?? timeout,
            maximumResponseBytes: maximumResponseBytes,
            maximumConnectionAge: .seconds(4)
        )
    }
}

/// What every answer of Qdrant wraps its result in.
private struct ResultEnvelope<Result: Decodable>: Decodable {
    let result: Result
}
