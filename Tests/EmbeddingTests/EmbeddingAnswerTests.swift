import Pipeline
import Testing
import WireJSON

@testable import CurlHTTP
@testable import Embedding

/// Whose fault it is, for everything that an embedding server is known to answer.
@Suite("What an embedding server answers")
struct EmbeddingAnswerTests {
    private let answer = EmbeddingAnswer(
        server: "127.0.0.1:11434",
        model: "nomic-embed-text",
        redaction: Redaction(urls: [])
    )

    struct Case: Sendable, CustomTestStringConvertible {
        let status: Int
        let body: String
        let kind: PipelineError.Kind
        var remedy = ""

        /// With an error as Ollama words it.
        init(_ status: Int, error: String, _ kind: PipelineError.Kind, _ remedy: String = "") {
            self.init(status, "{\"error\":\"\(error)\"}", kind, remedy)
        }

        /// - Parameter remedy: a part of it.
        init(_ status: Int, _ body: String, _ kind: PipelineError.Kind, _ remedy: String = "") {
            (self.status, self.body, self.kind, self.remedy) = (status, body, kind, remedy)
        }

        var testDescription: String { "\(status) \(body)" }
    }

    private static let server = PipelineError.Kind.server(retryAfter: nil)

    private static let setups: [Case] = [
        Case(400, error: "missing request body", .setup, "EMBEDDING_PROVIDER"),
        Case(400, error: "invalid character 'x' looking for beginning of value", .setup, "EMBEDDING_PROVIDER"),
        Case(400, error: "unexpected end of JSON input", .setup, "EMBEDDING_PROVIDER"),
        Case(400, error: "invalid input type", .setup, "EMBEDDING_PROVIDER"),
        Case(400, error: "this model does not support embeddings", .setup, "EMBEDDING_MODEL"),
        Case(500, error: "this model does not support embeddings", .setup, "EMBEDDING_MODEL"),
        Case(501, #"{"error":{"message":"This server does not support embeddings"}}"#, .setup, "EMBEDDING_MODEL"),
        Case(401, "", .setup, "EMBEDDING_API_KEY"),
        Case(401, error: "unauthorized", .setup, "EMBEDDING_API_KEY"),
        Case(403, error: "forbidden", .setup, "EMBEDDING_API_KEY"),
        // Ollama on the loopback interface, asked by another name.
        Case(403, "", .setup, "OLLAMA_HOST=0.0.0.0"),
        Case(404, error: #"model \"x\" not found, try pulling it first"#, .setup, "ollama pull nomic-embed-text"),
        Case(404, error: "model 'x' not found", .setup, "ollama pull nomic-embed-text"),
        Case(404, "404 page not found", .setup, "OLLAMA_BASE_URL"),
        Case(301, "", .setup, "OLLAMA_BASE_URL"),
        Case(405, "", .setup, "OLLAMA_BASE_URL"),
        Case(415, "", .setup, "OLLAMA_BASE_URL"),
    ]

    private static let overlong: [Case] = [
        // Ollama 0.5, 0.12, 0.13 and later; 0.30 where nothing is left to cut.
        Case(400, error: "input length exceeds maximum context length", .row(.overlong)),
        Case(400, error: "input exceeds maximum context length", .row(.overlong)),
        Case(400, error: "the input length exceeds the context length", .row(.overlong)),
        Case(500, error: "the input length exceeds the context length", .row(.overlong)),
        Case(
            400,
            error: "input exceeds maximum context length and cannot be truncated further",
            .row(.overlong)
        ),
        // OpenAI, vLLM, TEI, and llama.cpp old and new.
        Case(
            400,
            #"{"error":{"message":"This model's maximum context length is 8192 tokens, however you requested 9001"}}"#,
            .row(.overlong)
        ),
        Case(
            400,
            #"{"object":"error","message":"This model's maximum context length is 512 tokens.","code":400}"#,
            .row(.overlong)
        ),
        Case(
            413,
            #"{"error":"Input validation error: `inputs` must have less than 512 tokens. Given: 600"}"#,
            .row(.overlong)
        ),
        Case(
            500,
            #"{"error":{"code":500,"message":"input is too large to process. increase the physical batch size"}}"#,
            .row(.overlong)
        ),
        Case(
            400,
            #"{"error":{"code":400,"message":"the request exceeds the available context size"}}"#,
            .row(.overlong)
        ),
    ]

    private static let unembeddable: [Case] = [
        Case(500, error: "failed to encode response: json: unsupported value: NaN", .row(.unembeddable)),
        Case(500, error: "failed to encode response: json: unsupported value: +Inf", .row(.unembeddable)),
        Case(400, error: "embedding contains NaN or Inf values", .row(.unembeddable)),
        Case(400, error: "something about this text", .row(.unembeddable)),
        // A proxy's limit: a smaller request passes it.
        Case(413, "<html>413 Request Entity Too Large</html>", .row(.unembeddable)),
    ]

    private static let tooMany: [Case] = [
        // TEI in both dialects, and a gateway before it.
        Case(422, #"{"error":"batch size 33 > maximum allowed batch size 32","error_type":"Validation"}"#, .tooMuch),
        Case(
            413,
            #"{"error":{"message":"batch size 33 > maximum allowed batch size 32","type":"Validation","code":413}}"#,
            .tooMuch
        ),
        Case(
            413,
            #"{"code":20042,"message":"input batch size 136 > maximum allowed batch size 64","data":null}"#,
            .tooMuch
        ),
        // Azure, OpenAI, DashScope.
        Case(400, #"{"error":{"message":"Too many inputs. The max number of inputs is 16."}}"#, .tooMuch),
        Case(
            400,
            #"{"error":{"message":"Invalid 'input': array too long. Expected an array with maximum length 2048."}}"#,
            .tooMuch
        ),
        Case(
            400,
            #"{"error":{"message":"Value error, batch size is invalid, it should not be larger than 10.: input"}}"#,
            .tooMuch
        ),
    ]

    private static let servers: [Case] = [
        Case(400, error: #"do embedding request: Post \"http://127.0.0.1:1/embedding\": EOF"#, server),
        Case(500, error: #"do embedding request: Post \"http://127.0.0.1:1/embedding\": EOF"#, server),
        Case(400, error: "unexpected server status: llm server loading model", server),
        Case(400, error: "dial tcp 127.0.0.1:1: connect: connection refused", server),
        Case(400, error: "read tcp 127.0.0.1:1: connection reset by peer", server),
        Case(400, error: "llama runner process has terminated: exit status 2", server),
        Case(500, error: "llama runner process no longer running: 2", server),
        Case(500, error: "model requires more system memory (9.1 GiB) than is available (2.0 GiB)", server),
        Case(500, "", server),
        Case(503, error: "server busy, please try again.  maximum pending requests exceeded", server),
        Case(499, error: "request canceled", server),
        Case(429, error: "too many requests", server),
        Case(429, #"{"error":"Model is overloaded","error_type":"overloaded"}"#, server),
        Case(408, "", server),
        Case(502, "<html>Bad Gateway</html>", server),
        Case(504, "", server),
        Case(524, "", server),
    ]

    @Test(arguments: setups + overlong + unembeddable + tooMany + servers)
    func `is sorted by whose fault it is`(_ known: Case) {
        let error = answer.error(response(known.status, known.body))
        #expect(error.kind == known.kind, "\(error)")
        #expect(error.message.hasPrefix("127.0.0.1:11434: \(known.status)"))
        #expect(known.remedy.isEmpty || error.remedy?.contains(known.remedy) == true, "\(error)")
    }

    @Test func `tells a server that has too much to do from one that is broken`() {
        for status in [408, 429, 500, 502, 503, 504] {
            let error = answer.error(response(status, ""))
            #expect(error.isOverload == [429, 503].contains(status), "\(status)")
        }
    }

    @Test(arguments: [408, 425, 429, 499, 500, 502, 503])
    func `tells how long the server wants to be left alone`(_ status: Int) {
        #expect(answer.error(response(status, "", retryAfter: .seconds(7))).kind == .server(retryAfter: .seconds(7)))
    }

    @Test func `is told in one line, without what is behind an error's first words`() {
        let page = "<html>\r\n<body>" + String(repeating: "x", count: 10_000)
        let error = answer.error(response(502, page))
        #expect(!error.message.contains("\n"))
        #expect(error.message.count < 300)
    }

    @Test(arguments: [
        (HTTPError.Kind.resolve, server), (.connect, server), (.timeout, server), (.reset, server), (.other, server),
        (.tooLarge, server), (.tls, .setup), (.invalidURL, .setup), (.unsupportedScheme, .setup),
        (.invalidRequest, .setup), (.cancelled, .cancelled), (.closed, .cancelled),
    ])
    func `may be nothing at all`(_ kind: HTTPError.Kind, _ expected: PipelineError.Kind) {
        let error = answer.error(HTTPError(kind, "no answer"))
        #expect(error.kind == expected)
        #expect(expected == .cancelled || error.remedy != nil)
    }

    @Test(arguments: [
        (VectorFault.malformed(offset: 3), server), (.missing, server), (.misplaced, server),
        (.wrongDimension(index: 0, found: 3, expected: 4), .row(.unembeddable)),
        (.notFinite(index: 0), .row(.unembeddable)), (.allZero(index: 0), .row(.unembeddable)),
    ])
    func `may be vectors that cannot be used`(_ fault: VectorFault, _ expected: PipelineError.Kind) {
        #expect(answer.error(fault).kind == expected)
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
