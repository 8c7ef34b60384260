import CurlHTTP
import Foundation
import Testing
import Threading

@Suite(.timeLimit(.minutes(5))) struct ProxyTests {
    @Test func `ignores the proxies of the environment`() async {
        // In a process of its own: the environment belongs to all tests.
        await #expect(processExitsWith: .success) {
            let proxy = try ScriptedServer(answer: { _, connection in connection.respond("502 Proxy") })
            let server = try ScriptedServer(answer: { _, connection in connection.respond() })
            for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
                setenv(name, proxy.url, 1)
            }
            let client = try HTTPClient.forTest()
            #expect(try await client.send(HTTPRequest(.get, server.url)).status == 200)
            #expect(proxy.acceptedConnections == 0)
            await client.shutDown()
        }
    }

    @Test func `asks the configured proxy even where the environment says not to`() async {
        await #expect(processExitsWith: .success) {
            let lines = Locked<[String]>([])
            let proxy = try ScriptedServer(answer: { request, connection in
                lines.withLock { $0.append(request.requestLine) }
                connection.respond()
            })
            setenv("no_proxy", "*", 1)
            let client = try HTTPClient.forTest(proxy: proxy.url)
            #expect(try await client.send(HTTPRequest(.get, "http://127.0.0.1:9/x")).status == 200)
            #expect(lines.withLock { $0 } == ["GET http://127.0.0.1:9/x HTTP/1.1"])
            await client.shutDown()
        }
    }
}
