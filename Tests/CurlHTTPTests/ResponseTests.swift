import CurlHTTP
import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct ResponseTests {
    private func response(to method: HTTPRequest.Method = .get, _ answer: String) async throws -> HTTPResponse {
        let server = try ScriptedServer(answer: { _, connection in connection.send(answer) })
        let client = try HTTPClient.forTest()
        let response = try await client.send(HTTPRequest(method, server.url))
        await client.shutDown()
        return response
    }

    @Test func `returns status, type and body whatever the status`() async throws {
        let response = try await response(
            "HTTP/1.1 500 Oops\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\n\r\nbang"
        )
        #expect(response.status == 500)
        #expect(response.contentType == "text/plain; charset=utf-8")
        #expect(response.body == Array("bang".utf8))
        #expect(response.retryAfter == nil)
    }

    @Test(arguments: [
        ("https://user:hidden@elsewhere.example:8443/x?token=hidden", "https://elsewhere.example:8443"),
        ("http://elsewhere.example", "http://elsewhere.example"), ("//elsewhere.example/x", "http://elsewhere.example"),
        ("ftp://elsewhere.example/x", "ftp://elsewhere.example"),
    ])
    func `follows no redirect, and tells where it leads to without what may be secret`(
        _ location: String,
        _ origin: String
    ) async throws {
        let response = try await response("HTTP/1.1 307 Away\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n")
        #expect(response.status == 307)
        #expect(response.redirect == origin)
        let other = try await self.response("HTTP/1.1 200 OK\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n")
        #expect(other.redirect == nil)
    }

    @Test func `takes 204 as an empty response`() async throws {
        let response = try await response("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(response.status == 204)
        #expect(response.body.isEmpty)
        #expect(response.contentType == nil)
    }

    @Test func `joins the chunks of a body that arrives in pieces`() async throws {
        let server = try ScriptedServer(answer: { _, connection in
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for digit in 0..<10 { connection.send("2\r\n\(digit),\r\n") }
            connection.send("0\r\n\r\n")
        })
        let client = try HTTPClient.forTest()
        let response = try await client.send(HTTPRequest(.get, server.url))
        #expect(response.body == Array("0,1,2,3,4,5,6,7,8,9,".utf8))
        await client.shutDown()
    }

    @Test func `returns a redirect instead of following it`() async throws {
        let server = try ScriptedServer(answer: { _, connection in
            connection.respond("302 Found", fields: ["Location: /elsewhere"])
        })
        let client = try HTTPClient.forTest()
        #expect(try await client.send(HTTPRequest(.get, server.url)).status == 302)
        #expect(server.acceptedConnections == 1)
        await client.shutDown()
    }

    @Test func `reads Retry-After in seconds`() async throws {
        let response = try await response(
            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n"
        )
        #expect(response.retryAfter == .seconds(17))
    }

    @Test func `reads Retry-After as a date`() async throws {
        let response = try await response(
            "HTTP/1.1 503 Busy\r\nRetry-After: \(httpDate(secondsFromNow: 100))\r\nContent-Length: 0\r\n\r\n"
        )
        let wait = try #require(response.retryAfter)
        #expect(wait > .seconds(60) && wait <= .seconds(100))
    }

    @Test func `ignores a Retry-After that has passed`() async throws {
        let response = try await response(
            "HTTP/1.1 503 Busy\r\nRetry-After: \(httpDate(secondsFromNow: -100))\r\nContent-Length: 0\r\n\r\n"
        )
        #expect(response.retryAfter == nil)
    }

    private func httpDate(secondsFromNow seconds: Int) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.string(from: Date(timeIntervalSinceNow: TimeInterval(seconds)))
    }
}
