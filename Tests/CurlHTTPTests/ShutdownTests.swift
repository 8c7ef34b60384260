import CurlHTTP
import Testing

@Suite(.timeLimit(.minutes(5))) struct ShutdownTests {
    @Test func `fails what is in flight and what comes later`() async throws {
        let asked = Latch()
        let closed = Latch()
        let server = try ScriptedServer { connection in
            _ = connection.readRequest()
            asked.open()
            if connection.waitForClose() { closed.open() }
        }
        let client = try HTTPClient.forTest()
        let inFlight = Task { await client.failure(of: HTTPRequest(.get, server.url)) }
        await asked.wait()
        await client.shutDown()
        #expect(await inFlight.value?.kind == .closed)
        await closed.wait()
        #expect(await client.failure(of: HTTPRequest(.get, server.url))?.kind == .closed)
        await client.shutDown()
    }

    @Test func `may be asked to shut down by many at once`() async throws {
        let client = try HTTPClient.forTest()
        await withDiscardingTaskGroup { group in
            for _ in 0..<20 { group.addTask { await client.shutDown() } }
        }
    }

    @Test func `answers every request that races with the shutdown`() async throws {
        let server = try ScriptedServer(answer: { _, connection in connection.respond() })
        for round in 0..<50 {
            let client = try HTTPClient.forTest()
            let sender = Task {
                while true {
                    if let error = await client.failure(of: HTTPRequest(.get, server.url)) { return error.kind }
                }
            }
            for _ in 0..<round { await Task.yield() }
            await client.shutDown()
            #expect(await sender.value == .closed)
        }
    }

    @Test func `closes its connections when nobody holds it any more`() async throws {
        let closed = Latch()
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.respond()
            if connection.waitForClose() { closed.open() }
        }
        _ = try await HTTPClient.forTest().send(HTTPRequest(.get, server.url))
        await closed.wait()
    }
}
