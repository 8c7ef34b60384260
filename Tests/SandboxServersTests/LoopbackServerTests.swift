import Testing

@testable import SandboxServers

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct LoopbackServerTests {
    @Test func `names the busy port and the remedy`() async throws {
        try await withOllamaSandbox { server in
            let error = await #expect(throws: SandboxError.self) {
                try await withOllamaSandbox(.init(port: server.port)) { _ in }
            }
            #expect(error?.kind == .portInUse)
            #expect(error?.message.contains("\(server.port)") == true)
            #expect(error?.message.contains("another port") == true)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `ends while connections are open and requests under way`() async throws {
        let socket = try await withQdrantSandbox { server in
            server.faults.set(FaultRule(.path("/slow"), .latency(.seconds(3600))))
            let socket = LoopbackClient.connect(to: server.port)
            LoopbackClient.send(Array("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8), to: socket)
            #expect(await LoopbackClient.blocking { LoopbackClient.receive(from: socket) }.count > 0)
            let busy = LoopbackClient.connect(to: server.port)
            LoopbackClient.send(Array("GET /slow HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8), to: busy)
            let fresh = LoopbackClient.connect(to: server.port)
            while server.stats().requests < 2 { try await Task.sleep(for: .milliseconds(5)) }
            close(busy)
            close(fresh)
            return socket
        }
        #expect(await LoopbackClient.blocking { LoopbackClient.receive(from: socket) }.isEmpty)
        close(socket)
    }

    @Test func `passes on what the body throws`() async {
        struct Thrown: Error {}
        await #expect(throws: Thrown.self) { try await withQdrantSandbox { _ in throw Thrown() } }
    }

    @Test func `takes the port it is given, again after it ended`() async throws {
        let port = try await withOllamaSandbox { $0.port }
        try await withOllamaSandbox(.init(port: port)) { server in
            #expect(server.url == "http://127.0.0.1:\(port)")
            #expect(await LoopbackClient(server).send("GET", "/").status == 200)
        }
    }

    @Test func `answers at once to a client that asks before it sends`() async throws {
        try await withOllamaSandbox { server in
            let answer = await LoopbackClient(server).send(
                "POST",
                "/api/embed",
                "{}",
                headers: ["Expect": "100-continue"]
            )
            #expect(answer.status == 404)
        }
    }
}
