import CurlHTTP
import Testing

@Suite(.timeLimit(.minutes(1)), .enabled(if: OpenSSL.path != nil, "needs the openssl command")) struct TLSTests {
    let certificates: TestCertificates

    init() throws {
        certificates = try TestCertificates()
    }

    @Test func `refuses a server whose authority is unknown`() async throws {
        let server = try OpenSSLServer(certificates)
        let client = try HTTPClient.forTest()
        #expect(await client.failure(of: HTTPRequest(.get, server.url))?.kind == .tls)
        await client.shutDown()
    }

    @Test func `accepts a server whose authority is in the file`() async throws {
        let server = try OpenSSLServer(certificates)
        let client = try HTTPClient.forTest(tls: .init(caFile: certificates.certificate("authority")))
        #expect(try await client.send(HTTPRequest(.get, server.url)).status == 200)
        await client.shutDown()
    }

    @Test func `refuses a server that goes by another name`() async throws {
        let server = try OpenSSLServer(certificates)
        let client = try HTTPClient.forTest(tls: .init(caFile: certificates.certificate("authority")))
        let url = server.url.replacing("127.0.0.1", with: "localhost")
        #expect(await client.failure(of: HTTPRequest(.get, url))?.kind == .tls)
        await client.shutDown()
    }

    @Test func `shows its certificate to a server that asks`() async throws {
        let server = try OpenSSLServer(certificates, requiresClientCertificate: true)
        let client = try HTTPClient.forTest(
            tls: .init(
                caFile: certificates.certificate("authority"),
                clientCertificate: .init(
                    certificateFile: certificates.certificate("client"),
                    keyFile: certificates.key("client")
                )
            )
        )
        let response = try await client.send(HTTPRequest(.get, server.url))
        #expect(String(decoding: response.body, as: UTF8.self).contains("test client"))
        await client.shutDown()
    }

    @Test func `is turned away without the certificate that a server asks for`() async throws {
        let server = try OpenSSLServer(certificates, requiresClientCertificate: true)
        let client = try HTTPClient.forTest(tls: .init(caFile: certificates.certificate("authority")))
        let error = await client.failure(of: HTTPRequest(.get, server.url))
        // With TLS 1.3 the refusal arrives after the handshake, with the first answer.
        #expect(error?.kind == .tls || error?.kind == .reset)
        await client.shutDown()
    }

    @Test func `names a certificate file that cannot be read`() {
        let error = #expect(throws: HTTPError.self) {
            try HTTPClient.forTest(tls: .init(caFile: "/nonexistent/ca.pem"))
        }
        #expect(error?.kind == .tls)
        #expect(error?.message.contains("/nonexistent/ca.pem") == true)
    }

    @Test func `reports a certificate file that holds no certificate`() async throws {
        let server = try OpenSSLServer(certificates)
        let client = try HTTPClient.forTest(tls: .init(caFile: certificates.key("authority")))
        #expect(await client.failure(of: HTTPRequest(.get, server.url))?.kind == .tls)
        await client.shutDown()
    }
}
