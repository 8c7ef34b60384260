import CurlHTTP
import Testing
import Threading

@Suite(.timeLimit(.minutes(5))) struct RequestTests {
    /// What a server receives of a request.
    private func received(_ make: (String) -> HTTPRequest) async throws -> ReceivedRequest {
        let received = Locked<ReceivedRequest?>(nil)
        let server = try ScriptedServer(answer: { request, connection in
            received.withLock { $0 = request }
            connection.respond()
        })
        let client = try HTTPClient.forTest()
        _ = try await client.send(make(server.url))
        await client.shutDown()
        return try #require(received.withLock { $0 })
    }

    @Test func `sends a large PUT without asking whether it may`() async throws {
        let body = (0..<2 << 20).map { UInt8(truncatingIfNeeded: $0 >> 3) }
        let request = try await received {
            HTTPRequest(
                .put,
                $0 + "/points?wait=true",
                headers: [HTTPHeader("Content-Type", "application/json")],
                body: body
            )
        }
        #expect(request.requestLine == "PUT /points?wait=true HTTP/1.1")
        #expect(request.fields("Expect").isEmpty)
        #expect(request.fields("Transfer-Encoding").isEmpty)
        #expect(request.fields("Content-Length") == ["Content-Length: \(body.count)"])
        #expect(request.fields("Content-Type") == ["Content-Type: application/json"])
        #expect(request.body == body)
    }

    @Test(arguments: [HTTPRequest.Method.get, .post, .put, .patch, .delete])
    func `sends every method with a body`(method: HTTPRequest.Method) async throws {
        let request = try await received { HTTPRequest(method, $0, body: Array("hello".utf8)) }
        #expect(request.requestLine == "\(method.rawValue) / HTTP/1.1")
        #expect(request.body == Array("hello".utf8))
        #expect(request.fields("Content-Type").isEmpty)
    }

    @Test(arguments: [HTTPRequest.Method.post, .put, .patch])
    func `announces an empty body where one is expected`(method: HTTPRequest.Method) async throws {
        let request = try await received { HTTPRequest(method, $0) }
        #expect(request.requestLine == "\(method.rawValue) / HTTP/1.1")
        #expect(request.fields("Content-Length") == ["Content-Length: 0"])
    }

    @Test(arguments: [HTTPRequest.Method.get, .delete, .head])
    func `sends no length where no body is expected`(method: HTTPRequest.Method) async throws {
        let request = try await received { HTTPRequest(method, $0) }
        #expect(request.requestLine == "\(method.rawValue) / HTTP/1.1")
        #expect(request.fields("Content-Length").isEmpty)
    }

    @Test func `sends headers as given and asks for no compression`() async throws {
        let request = try await received {
            HTTPRequest(
                .get,
                $0,
                headers: [HTTPHeader("api-key", "k: 1"), HTTPHeader("X-Empty", ""), HTTPHeader("api-key", "2")]
            )
        }
        #expect(request.fields("api-key") == ["api-key: k: 1", "api-key: 2"])
        #expect(request.fields("X-Empty") == ["X-Empty:"])
        #expect(request.fields("User-Agent") == ["User-Agent: test"])
        #expect(request.fields("Accept-Encoding").isEmpty)
        #expect(request.fields("Host").count == 1)
    }

    @Test(arguments: [
        HTTPHeader("api-key", "secret\r\nX-More: 1"), HTTPHeader("api-key", "secret\0"),
        HTTPHeader("api key", "secret"), HTTPHeader("", "secret"), HTTPHeader("api-key:", "secret"),
    ])
    func `refuses a header that would break out of its line`(header: HTTPHeader) async throws {
        let client = try HTTPClient.forTest()
        let error = await client.failure(of: HTTPRequest(.get, "http://127.0.0.1/", headers: [header]))
        #expect(error?.kind == .invalidRequest)
        #expect(error?.description.contains("secret") == false)
        #expect("\(header)".contains("secret") == false)
        await client.shutDown()
    }

    @Test func `refuses a body on HEAD`() async throws {
        let client = try HTTPClient.forTest()
        let error = await client.failure(of: HTTPRequest(.head, "http://127.0.0.1/", body: [1]))
        #expect(error?.kind == .invalidRequest)
        await client.shutDown()
    }
}
