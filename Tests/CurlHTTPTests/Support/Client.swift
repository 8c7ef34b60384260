import CurlHTTP

extension HTTPClient {
    static func forTest(
        tls: HTTPClientConfiguration.TLS = .init(),
        proxy: String? = nil
    ) throws(HTTPError) -> HTTPClient {
        try HTTPClient(configuration: HTTPClientConfiguration(tls: tls, proxy: proxy, userAgent: "test"))
    }

    /// How a request that must fail has failed; nil when it did not.
    func failure(of request: HTTPRequest) async -> HTTPError? {
        do throws(HTTPError) {
            _ = try await send(request)
            return nil
        } catch {
            return error
        }
    }
}
