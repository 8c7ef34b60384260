import CurlHTTP
import Testing
import Threading

@Suite(.timeLimit(.minutes(5))) struct ResponseLimitTests {
    @Test func `refuses a body that is announced as too large without waiting for it`() async throws {
        let closed = Latch()
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
            if connection.waitForClose() { closed.open() }
        }
        let client = try HTTPClient.forTest()
        let error = await client.failure(of: HTTPRequest(.get, server.url, maximumResponseBytes: 1000))
        #expect(error == HTTPError(.tooLarge, "the response is larger than 1000 bytes"))
        await closed.wait()
        await client.shutDown()
    }

    @Test(arguments: [0, 1000, 100_000])
    func `stops a body of unknown length at the limit`(limit: Int) async throws {
        let closed = Latch()
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<100 {
                connection.send("400\r\n" + String(repeating: "x", count: 1024) + "\r\n")
            }
            if connection.waitForClose() { closed.open() }
        }
        let client = try HTTPClient.forTest()
        let error = await client.failure(of: HTTPRequest(.get, server.url, maximumResponseBytes: limit))
        #expect(error?.kind == .tooLarge)
        await closed.wait()
        await client.shutDown()
    }

    @Test func `takes a body as large as the limit`() async throws {
        let server = try ScriptedServer(answer: { _, connection in
            connection.respond(body: Array(repeating: 9, count: 1000))
        })
        let client = try HTTPClient.forTest()
        let response = try await client.send(HTTPRequest(.get, server.url, maximumResponseBytes: 1000))
        #expect(response.body == Array(repeating: 9, count: 1000))
        await client.shutDown()
    }

    @Test func `takes an empty body when none is allowed`() async throws {
        let server = try ScriptedServer(answer: { _, connection in connection.respond() })
        let client = try HTTPClient.forTest()
        #expect(try await client.send(HTTPRequest(.get, server.url, maximumResponseBytes: 0)).body.isEmpty)
        await client.shutDown()
    }

    @Test func `does not hold the length of a body that HEAD leaves out against the limit`() async throws {
        let server = try ScriptedServer(answer: { _, connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
        })
        let client = try HTTPClient.forTest()
        let request = HTTPRequest(.head, server.url, maximumResponseBytes: 10)
        for _ in 0..<2 {
            let response = try await client.send(request)
            #expect(response.status == 200)
            #expect(response.body.isEmpty)
        }
        #expect(server.acceptedConnections == 1)
        await client.shutDown()
    }
}
