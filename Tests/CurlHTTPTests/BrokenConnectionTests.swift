import CurlHTTP
import Testing

@Suite(.timeLimit(.minutes(5))) struct BrokenConnectionTests {
    @Test(arguments: [
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ])
    func `reports an answer that is cut short`(answer: String) async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(answer)
        }
        let client = try HTTPClient.forTest()
        #expect(await client.failure(of: HTTPRequest(.get, server.url))?.kind == .reset)
        await client.shutDown()
    }

    @Test func `reports a connection that is reset`() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.reset()
        }
        let client = try HTTPClient.forTest()
        #expect(await client.failure(of: HTTPRequest(.get, server.url))?.kind == .reset)
        await client.shutDown()
    }

    @Test func `reports a connection that is reset while the body is sent`() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.reset()
        }
        let client = try HTTPClient.forTest()
        let request = HTTPRequest(.put, server.url, body: Array(repeating: 7, count: 16 << 20))
        #expect(await client.failure(of: request)?.kind == .reset)
        await client.shutDown()
    }

    @Test func `reports that nobody listens`() async throws {
        let client = try HTTPClient.forTest()
        let error = await client.failure(of: HTTPRequest(.get, "http://127.0.0.1:\(try unusedPort())/"))
        #expect(error?.kind == .connect)
        #expect(error?.message.contains("127.0.0.1") == true)
        await client.shutDown()
    }

    @Test func `reports a name without an address`() async throws {
        let client = try HTTPClient.forTest()
        // RFC 6761 keeps this name from ever having one; without a network the resolver may take its time to say so.
        let request = HTTPRequest(.get, "http://nowhere.invalid/", timeout: .seconds(30), connectTimeout: .seconds(30))
        #expect(await client.failure(of: request)?.kind == .resolve)
        await client.shutDown()
    }

    @Test(arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"])
    func `does not blame the URL for an answer that is no HTTP`(answer: String) async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send(answer)
        }
        let client = try HTTPClient.forTest()
        #expect(await client.failure(of: HTTPRequest(.get, server.url))?.kind == .other)
        await client.shutDown()
    }
}
