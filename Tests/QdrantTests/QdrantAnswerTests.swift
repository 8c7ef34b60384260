import Pipeline
import Testing

@testable import CurlHTTP
@testable import Qdrant

/// Whose fault it is, for everything that Qdrant and what stands before it are known to answer.
@Suite("What Qdrant answers")
struct QdrantAnswerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let status: Int
        let body: String
        /// To a request that changes points.
        let change: PipelineError.Kind
        /// To any other request.
        let other: PipelineError.Kind
        let remedy: String

        /// With an error as Qdrant words it.
        init(
            _ status: Int,
            error: String,
            _ change: PipelineError.Kind,
            _ other: PipelineError.Kind,
            _ remedy: String = ""
        ) {
            self.init(status, #"{"status":{"error":"\#(error)"},"time":0.1}"#, change, other, remedy)
        }

        /// - Parameter remedy: a part of it.
        init(
            _ status: Int,
            _ body: String,
            _ change: PipelineError.Kind,
            _ other: PipelineError.Kind,
            _ remedy: String = ""
        ) {
            (self.status, self.body, self.change, self.other, self.remedy) = (status, body, change, other, remedy)
        }

        var testDescription: String { "\(status) \(body)" }
    }

    private static let server = PipelineError.Kind.server(retryAfter: nil)
    private static let unstorable = PipelineError.Kind.row(.unstorable)

    private static let points: [Case] = [
        Case(400, error: "Format error in JSON body: recursion limit exceeded at line 1", unstorable, .setup),
        Case(400, error: "Format error in JSON body: number out of range at line 1", unstorable, .setup),
        Case(
            400,
            error: "JSON payload (40000000 bytes) is larger than allowed (limit: 33554432 bytes).",
            unstorable,
            .setup
        ),
        Case(413, "<html>413 Request Entity Too Large</html>", unstorable, .setup),
        Case(422, error: "Validation error in JSON body: [points[0].id: is wrong]", unstorable, .setup),
        Case(404, error: "Not found: No point with id 7 found", unstorable, .setup),
        Case(404, error: "Not found: Collection `c` doesn't exist!", .setup, .setup, "run the sync again"),
        Case(
            400,
            error: "Wrong input: Vector dimension error: expected dim: 3, got 2",
            .setup,
            .setup,
            "QDRANT_COLLECTION"
        ),
        Case(400, error: "Wrong input: Not existing vector name error: code", .setup, .setup, "QDRANT_COLLECTION"),
    ]

    private static let keys: [Case] = [
        Case(401, "Must provide an API key or an Authorization bearer token", .setup, .setup, "QDRANT_API_KEY"),
        Case(403, "Invalid API key or JWT", .setup, .setup, "QDRANT_API_KEY"),
        Case(403, error: "Forbidden: Write access to collection c is required", .setup, .setup, "QDRANT_API_KEY"),
    ]

    /// In 1.13 and 1.14 with 403, later with 400.
    private static let strictMode: [Case] = [400, 403].flatMap { status in
        [
            Case(
                status,
                error: #"Bad request: Limit exceeded 100 > 10 for \"upsert limit\". Help: Reduce the \"upsert limit\" "#
                    + #"parameter to or below 10."#,
                .tooMuch,
                .setup,
                "strict_mode_config"
            ),
            Case(
                status,
                error:
                    #"Forbidden: Limit exceeded 1000 > 100 for \"limit\". Help: Reduce the \"limit\" parameter to or "#
                    + #"below 100."#,
                .tooMuch,
                .setup,
                "strict_mode_config"
            ),
            Case(
                status,
                error: #"Index required but not found for \"_sync.source\" of one of the following types: [keyword]. "#
                    + #"Help: Create an index for this key or use a different filter."#,
                .setup,
                .setup,
                "strict_mode_config"
            ),
            Case(
                status,
                error: "Exact search disabled!. Help: Set exact=false.",
                .setup,
                .setup,
                "strict_mode_config"
            ),
            Case(
                status,
                error: "Filter condition limit reached (3 > 2). Help: Reduce the amount of conditions of your filter.",
                .setup,
                .setup,
                "strict_mode_config"
            ),
            Case(
                status,
                error: "Bad request: Max points count limit of 10 reached!",
                .setup,
                .setup,
                "strict_mode_config"
            ),
            Case(
                status,
                error: "Bad request: Max vector storage size limit of 1MB reached!",
                .setup,
                .setup,
                "strict_mode_config"
            ),
            Case(
                status,
                error: "Bad request: Max payload storage size limit of 1MB reached!",
                .setup,
                .setup,
                "strict_mode_config"
            ),
            Case(
                status,
                error: "Resident memory usage is at 91% of total memory, exceeding the configured limit of 90%. Help: "
                    + "Reduce memory usage",
                full,
                full,
                "make room"
            ),
        ]
    }

    /// Room is not made at once.
    private static let full = PipelineError.Kind.server(retryAfter: .seconds(5))

    private static let servers: [Case] = [
        // Without a time to wait the request alone costs more than is allowed in a minute.
        Case(
            429,
            error: "Rate limiting exceeded: Write rate limit exceeded, request larger than the rate limiter capacity",
            .tooMuch,
            server,
            "rate limit"
        ),
        // A proxy, which counts requests: smaller ones are no help.
        Case(429, "<html>429 Too Many Requests</html>", server, server),
        Case(408, error: "Timeout error: Operation timed out", server, server),
        Case(409, error: "Wrong input: Collection `c` already exists!", server, server),
        Case(425, "", server, server),
        Case(500, error: "Service internal error: task panicked", server, server),
        Case(
            500,
            error: "Service internal error: No space left on device: WAL buffer size exceeds available disk space",
            full,
            full,
            "make room"
        ),
        Case(503, error: "Service unavailable: some shards are not ready", server, server),
        Case(502, "<html>Bad Gateway</html>", server, server),
        Case(507, error: "Insufficient storage: disk usage is over its quota", full, full, "make room"),
        Case(301, "", .setup, .setup, "QDRANT_URL"),
        Case(405, "", .setup, .setup, "QDRANT_URL"),
    ]

    @Test(arguments: points + keys + strictMode + servers)
    func `is sorted by whose fault it is`(_ known: Case) {
        for (isChange, kind) in [(true, known.change), (false, known.other)] {
            let error = QdrantAnswer(redaction: Redaction(urls: [])).error(
                response(known.status, known.body),
                isChange: isChange
            )
            #expect(error.kind == kind, "\(error)")
            #expect(error.message.hasPrefix("Qdrant: \(known.status)"))
            #expect(known.remedy.isEmpty || error.remedy?.contains(known.remedy) == true, "\(error)")
        }
    }

    @Test(arguments: [408, 409, 429, 500, 503, 507])
    func `tells how long the server wants to be left alone`(_ status: Int) {
        let body = #"{"status":{"error":"Rate limiting exceeded: Write rate limit exceeded, retry later"}}"#
        let error = QdrantAnswer(redaction: Redaction(urls: [])).error(
            response(status, body, retryAfter: .seconds(7)),
            isChange: true
        )
        #expect(error.kind == .server(retryAfter: .seconds(7)))
    }

    @Test(arguments: [
        (HTTPError.Kind.resolve, server), (.connect, server), (.timeout, server), (.reset, server), (.other, server),
        (.tooLarge, server), (.tls, .setup), (.invalidURL, .setup), (.unsupportedScheme, .setup),
        (.invalidRequest, .setup), (.cancelled, .cancelled), (.closed, .cancelled),
    ])
    func `may be nothing at all`(_ kind: HTTPError.Kind, _ expected: PipelineError.Kind) {
        let error = QdrantAnswer(redaction: Redaction(urls: [])).error(HTTPError(kind, "no answer"))
        #expect(error.kind == expected)
        #expect(expected == .cancelled || error.remedy != nil)
    }

    private func response(_ status: Int, _ body: String, retryAfter: Duration? = nil) -> HTTPResponse {
        HTTPResponse(
            status: status,
            body: Array(body.utf8),
            contentType: nil,
            redirect: nil,
            retryAfter: retryAfter,
            reusedConnection: false
        )
    }
}
