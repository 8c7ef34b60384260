import CurlHTTP
import Testing

@Suite(.timeLimit(.minutes(5))) struct CancellationTests {
    @Test func `closes the connection and throws when the task is cancelled`() async throws {
        let asked = Latch()
        let closed = Latch()
        let server = try ScriptedServer { connection in
            guard connection.readRequest() != nil else { return }
            asked.open()
            if connection.waitForClose() { closed.open() }
        }
        let client = try HTTPClient.forTest()
        let task = Task { await client.failure(of: HTTPRequest(.get, server.url, timeout: .seconds(50))) }
        await asked.wait()
        let start = ContinuousClock.now
        task.cancel()
        #expect(await task.value?.kind == .cancelled)
        await closed.wait()
        #expect(ContinuousClock.now - start < .seconds(5))
        await client.shutDown()
    }

    @Test func `does not connect for a task that is cancelled already`() async throws {
        let server = try ScriptedServer(answer: { _, connection in connection.respond() })
        let client = try HTTPClient.forTest()
        let mayStart = Latch()
        let task = Task {
            await mayStart.wait()
            return await client.failure(of: HTTPRequest(.get, server.url))
        }
        task.cancel()
        mayStart.open()
        #expect(await task.value?.kind == .cancelled)
        #expect(server.acceptedConnections == 0)
        await client.shutDown()
    }

    @Test func `answers every caller when tasks are cancelled at any moment`() async throws {
        let server = try ScriptedServer(answer: { _, connection in connection.respond(body: [1, 2, 3]) })
        let client = try HTTPClient.forTest()
        for round in 0..<200 {
            let task = Task { try await client.send(HTTPRequest(.get, server.url)) }
            for _ in 0..<(round % 20) { await Task.yield() }
            task.cancel()
            switch await task.result {
            case .success(let response): #expect(response.body == [1, 2, 3])
            case .failure(let error): #expect((error as? HTTPError)?.kind == .cancelled)
            }
        }
        #expect(try await client.send(HTTPRequest(.get, server.url)).status == 200)
        await client.shutDown()
    }

    @Test func `leaves other transfers alone`() async throws {
        let asked = Latch()
        let mayAnswer = Latch()
        let server = try ScriptedServer(answer: { request, connection in
            if request.requestLine.contains("/slow") {
                asked.open()
                mayAnswer.waitBlocking()
            }
            connection.respond()
        })
        let client = try HTTPClient.forTest()
        let slow = Task { try await client.send(HTTPRequest(.get, server.url + "/slow")) }
        await asked.wait()
        let doomed = Task { await client.failure(of: HTTPRequest(.get, server.url + "/slow")) }
        doomed.cancel()
        #expect(await doomed.value?.kind == .cancelled)
        mayAnswer.open()
        #expect(try await slow.value.status == 200)
        await client.shutDown()
    }
}
