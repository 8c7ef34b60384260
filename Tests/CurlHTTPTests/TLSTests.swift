import CurlHTTP
import Testing

@Suite(.timeLimit(.minutes(5)), .enabled(if: OpenSSL.path != nil, "needs the openssl command")) struct TLSTests {
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

    /// With TLS 1.3 the refusal arrives after the handshake, with the first answer.
    @Test(arguments: [("-tls1_3", "certificate required"), ("-tls1_2", "handshake failure")])
    func `is told that a server asks for a certificate`(version: String, reason: String) async throws {
        let server = try OpenSSLServer(certificates, requiresClientCertificate: true, options: [version])
        let client = try HTTPClient.forTest(tls: .init(caFile: certificates.certificate("authority")))
        for _ in 0..<10 {
            let error = await client.failure(of: HTTPRequest(.get, server.url))
            #expect(error == HTTPError(.tls, "the server refuses the TLS connection: \(reason)"))
        }
        await client.shutDown()
    }

    @Test func `is told that a server does not know who signed its certificate`() async throws {
        let server = try OpenSSLServer(certificates, requiresClientCertificate: true)
        let others = try TestCertificates()
        let client = try HTTPClient.forTest(
            tls: .init(
                caFile: certificates.certificate("authority"),
                clientCertificate: .init(certificateFile: others.certificate("client"), keyFile: others.key("client"))
            )
        )
        let error = await client.failure(of: HTTPRequest(.get, server.url))
        #expect(error?.kind == .tls)
        #expect(error?.message.hasPrefix("the server refuses the TLS connection: ") == true, "\(error as Any)")
        await client.shutDown()
    }

    @Test func `is told that a server does not speak TLS`() async throws {
        let server = try ScriptedServer { connection in connection.send("HTTP/1.1 400 Bad Request\r\n\r\n") }
        let client = try HTTPClient.forTest()
        let url = server.url.replacing("http:", with: "https:")
        #expect(await client.failure(of: HTTPRequest(.get, url)) == HTTPError(.tls, "the server does not speak TLS"))
        await client.shutDown()
    }

    @Test func `takes a handshake that breaks off without a reason for one that passes`() async throws {
        let server = try ScriptedServer { _ in }
        let client = try HTTPClient.forTest()
        let url = server.url.replacing("http:", with: "https:")
        let error = await client.failure(of: HTTPRequest(.get, url))
        #expect(error?.kind == .connect || error?.kind == .reset, "\(error as Any)")
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
