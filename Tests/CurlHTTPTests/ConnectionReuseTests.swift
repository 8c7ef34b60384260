import CurlHTTP
import Testing
import Threading

@Suite(.timeLimit(.minutes(5))) struct ConnectionReuseTests {
    @Test func `sends one request after another over the same connection`() async throws {
        let server = try ScriptedServer(answer: { _, connection in connection.respond() })
        let client = try HTTPClient.forTest()
        var reused: [Bool] = []
        for _ in 0..<5 {
            reused.append(try await client.send(HTTPRequest(.get, server.url)).reusedConnection)
        }
        #expect(reused == [false, true, true, true, true])
        #expect(server.acceptedConnections == 1)
        await client.shutDown()
    }

    @Test func `does not reuse a connection that has been idle for its maximum age`() async throws {
        let server = try ScriptedServer(answer: { _, connection in connection.respond() })
        let client = try HTTPClient.forTest()
        let request = HTTPRequest(.get, server.url, maximumConnectionAge: .seconds(2))
        _ = try await client.send(request)
        try await Task.sleep(for: .milliseconds(2050))
        #expect(try await client.send(request).reusedConnection == false)
        #expect(server.acceptedConnections == 2)
        await client.shutDown()
    }

    @Test func `makes a connection of its own for a request with no maximum age`() async throws {
        let server = try ScriptedServer(answer: { _, connection in connection.respond() })
        let client = try HTTPClient.forTest()
        let request = HTTPRequest(.get, server.url, maximumConnectionAge: .zero)
        for _ in 0..<3 {
            #expect(try await client.send(request).reusedConnection == false)
        }
        #expect(server.acceptedConnections == 3)
        await client.shutDown()
    }

    @Test func `connects again when the server has closed the idle connection`() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.respond()
        }
        let client = try HTTPClient.forTest()
        for _ in 0..<20 {
            #expect(try await client.send(HTTPRequest(.get, server.url)).status == 200)
        }
        #expect(server.acceptedConnections == 20)
        await client.shutDown()
    }

    @Test(arguments: [HTTPRequest.Method.put, .post, .patch])
    func `sends the whole body again when a kept connection dies unanswered`(method: HTTPRequest.Method) async throws {
        let received = Locked<[ReceivedRequest]>([])
        let server = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                let count = received.withLock { received in
                    received.append(request)
                    return received.count
                }
                if count == 2 { return }
                connection.respond()
            }
        }
        let client = try HTTPClient.forTest()
        _ = try await client.send(HTTPRequest(.get, server.url))
        let body = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let response = try await client.send(HTTPRequest(method, server.url, body: body))
        #expect(response.status == 200)
        let requests = received.withLock { $0 }
        #expect(requests.count == 3)
        #expect(requests[1].body == body)
        #expect(requests[2].body == body)
        #expect(requests[2].requestLine == "\(method.rawValue) / HTTP/1.1")
        #expect(server.acceptedConnections == 2)
        await client.shutDown()
    }
}
