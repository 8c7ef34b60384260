import CurlHTTP
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct ConcurrencyTests {
    @Test func `carries hundreds of requests at once, each with its own answer`() async throws {
        let server = try ScriptedServer(answer: { request, connection in connection.respond(body: request.body) })
        let client = try HTTPClient.forTest()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<300 {
                group.addTask {
                    for round in 0..<3 {
                        let body = Array("\(number)/\(round) ".utf8) + Array(repeating: 1, count: number * 300)
                        let response = try await client.send(HTTPRequest(.post, server.url, body: body))
                        #expect(response.body == body)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(server.acceptedConnections <= 300)
        await client.shutDown()
    }

    @Test func `leaves no descriptor behind`() async {
        // In a process of its own, where no other test opens any.
        await #expect(processExitsWith: .success) {
            let server = try ScriptedServer { connection in
                while let request = connection.readRequest() {
                    if request.requestLine.contains("/cut") { return }
                    connection.respond(body: request.body)
                }
            }
            func openDescriptors() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            }
            _ = try await HTTPClient.forTest().send(HTTPRequest(.get, server.url))
            let before = try openDescriptors()
            let client = try HTTPClient.forTest()
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<20 {
                    group.addTask {
                        for round in 0..<100 {
                            let path = round % 10 == task % 10 ? "/cut" : "/"
                            let request = HTTPRequest(.post, server.url + path, body: [1, 2, 3])
                            #expect((await client.failure(of: request) != nil) == (path == "/cut"))
                        }
                    }
                }
            }
            // The pool, its server's ends, and what the client itself needs.
            #expect(try openDescriptors() < before + 60)
            await client.shutDown()
            #expect(try openDescriptors() < before + 30)
        }
    }
}
