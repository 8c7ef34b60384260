import CurlHTTP
import Testing

@Suite(.timeLimit(.minutes(5))) struct TimeoutTests {
    @Test func `gives up on a server that never answers`() async throws {
        let server = try ScriptedServer { connection in _ = connection.waitForClose() }
        let client = try HTTPClient.forTest()
        let error = await client.failure(of: HTTPRequest(.get, server.url, timeout: .milliseconds(100)))
        #expect(error?.kind == .timeout)
        await client.shutDown()
    }

    @Test func `gives up on a body that dribbles in past the timeout`() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nslow")
            _ = connection.waitForClose()
        }
        let client = try HTTPClient.forTest()
        let error = await client.failure(of: HTTPRequest(.get, server.url, timeout: .milliseconds(150)))
        #expect(error?.kind == .timeout)
        await client.shutDown()
    }

    @Test func `gives up on a handshake that takes longer than connecting may`() async throws {
        let server = try ScriptedServer { connection in _ = connection.waitForClose() }
        let client = try HTTPClient.forTest()
        let start = ContinuousClock.now
        let error = await client.failure(
            of: HTTPRequest(
                .get,
                "https://127.0.0.1:\(server.port)/",
                timeout: .seconds(50),
                connectTimeout: .milliseconds(100)
            )
        )
        #expect(error?.kind == .timeout)
        #expect(ContinuousClock.now - start < .seconds(20))
        await client.shutDown()
    }

    @Test(arguments: [Duration.zero, .seconds(-5), .nanoseconds(1)])
    func `does not take the shortest timeout for none`(timeout: Duration) async throws {
        let server = try ScriptedServer { connection in _ = connection.waitForClose() }
        let client = try HTTPClient.forTest()
        #expect(await client.failure(of: HTTPRequest(.get, server.url, timeout: timeout))?.kind == .timeout)
        await client.shutDown()
    }

    @Test func `accepts a timeout longer than curl can count`() async throws {
        let server = try ScriptedServer(answer: { _, connection in connection.respond() })
        let client = try HTTPClient.forTest()
        let ages = Duration.seconds(Int64.max / 2)
        let request = HTTPRequest(
            .get,
            server.url,
            timeout: ages,
            connectTimeout: ages,
            maximumConnectionAge: ages
        )
        #expect(try await client.send(request).status == 200)
        #expect(try await client.send(request).reusedConnection)
        await client.shutDown()
    }
}
