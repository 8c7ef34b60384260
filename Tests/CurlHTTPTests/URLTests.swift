import CurlHTTP
import Testing

@Suite(.timeLimit(.minutes(5))) struct URLTests {
    @Test(arguments: [
        "file:///etc/hostname", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "telnet://127.0.0.1/", "madeup://127.0.0.1/",
    ])
    func `refuses every scheme but http and https`(url: String) async throws {
        let client = try HTTPClient.forTest()
        #expect(await client.failure(of: HTTPRequest(.get, url))?.kind == .unsupportedScheme)
        await client.shutDown()
    }

    @Test(arguments: [
        "", "localhost", "/etc/hostname", "http://", "http://127.0.0.1:port/", "http://127.0.0.1/a b",
        "http://127.0.0.1/\0", "http://127.0.0.1:99999/",
    ])
    func `refuses what is no absolute URL`(url: String) async throws {
        let client = try HTTPClient.forTest()
        #expect(await client.failure(of: HTTPRequest(.get, url))?.kind == .invalidURL)
        await client.shutDown()
    }

    @Test func `keeps credentials of a URL out of errors`() async throws {
        let client = try HTTPClient.forTest()
        let port = try unusedPort()
        for address in ["127.0.0.1:\(port)", "127.0.0.1:port", "nowhere.invalid", "[::1", "a b"] {
            let request = HTTPRequest(
                .get,
                "http://someone:hunter2@\(address)/",
                headers: [HTTPHeader("api-key", "hunter2")]
            )
            let error = try #require(await client.failure(of: request))
            #expect(!error.description.contains("hunter2"))
            #expect(!error.description.contains("someone"))
        }
        await client.shutDown()
    }

    @Test(arguments: ["madeup://someone:hunter2@proxy", "http://someone:hunter2@proxy:port", "a b hunter2", "http://"])
    func `refuses a proxy that is none without quoting it`(proxy: String) {
        let error = #expect(throws: HTTPError.self) { try HTTPClient.forTest(proxy: proxy) }
        #expect(error?.kind == .invalidURL || error?.kind == .unsupportedScheme)
        #expect(error?.description.contains("hunter2") == false)
    }
}
