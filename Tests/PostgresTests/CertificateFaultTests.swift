import Pipeline
import TestSupport
import Testing

@testable import Postgres

@Suite("A certificate that is not taken")
struct CertificateFaultTests {
    @Test(arguments: [
        "SSL error: certificate verify failed",
        "SSL error: certificate verify failed: certificate has expired",
        #"root certificate file "/root/.postgresql/root.crt" does not exist; Either provide the file or change sslmode"#,
        #"could not read root certificate file "x.pem": no certificate or crl found"#,
        #"server certificate for "a" (and 1 other name) does not match host name "b""#,
        #"connection to server at "localhost" (::1), port 1 failed: Connection refused; connection to server at "localhost" (127.0.0.1), port 1 failed: SSL error: certificate verify failed"#,
    ])
    func `of the server is a matter of the set-up`(_ message: String) {
        let error = PostgresFault.error(nil, message, while: "connecting")
        #expect(error.kind == .setup)
        #expect(error.remedy?.contains("sslrootcert") == true)
    }

    @Test(arguments: [
        "SSL error: tlsv1 alert unknown ca", "SSL error: tlsv13 alert certificate required",
        "SSL error: sslv3 alert bad certificate", "SSL error: sslv3 alert certificate expired",
        #"certificate present, but not private key file "x.key""#,
        #"could not load private key file "x.key": key values mismatch"#,
        #"could not read certificate file "x.pem": no start line"#,
        #"private key file "x.key" has group or world access; file must have permissions u=rw (0600) or less"#,
    ])
    func `of ours is a matter of the set-up`(_ message: String) {
        let error = PostgresFault.error(nil, message, while: "connecting")
        #expect(error.kind == .setup)
        #expect(error.remedy?.contains("sslcert") == true)
    }

    @Test func `where the server asks for one is told apart from a wrong password`() {
        let error = PostgresFault.error("28000", "FATAL: connection requires a valid client certificate", while: "x")
        #expect(error.remedy?.contains("sslcert") == true)
        #expect(PostgresFault.error("28000", "FATAL: no", while: "x").remedy == "check user, password and pg_hba.conf")
    }

    @Test func `has nothing to do with a server that knows no TLS, which is a matter of the set-up too`() {
        let error = PostgresFault.error(nil, "server does not support SSL, but SSL was required", while: "connecting")
        #expect(error.kind == .setup)
        #expect(error.remedy?.contains("sslmode") == true)
    }

    @Test(arguments: [
        "SSL SYSCALL error: EOF detected", "SSL error: tlsv1 alert internal error",
        "SSL error: unexpected eof while reading",
        "SSL connection has been closed unexpectedly", "SSL SYSCALL error: Connection reset by peer",
    ])
    func `has nothing to do with a TLS connection that breaks, which is waited for`(_ message: String) {
        #expect(PostgresFault.error(nil, message, while: "connecting").isRetryable)
    }
}

@Suite(.enabled(if: TestDatabase.isAvailable && TestCertificates.areAvailable))
struct TLSConnectionTests {
    @Test(arguments: [
        ("localhost", "authority", "client" as String?, nil as String?),
        ("localhost", "other", "client", "sslrootcert"), ("127.0.0.1", "authority", "client", "sslrootcert"),
        ("localhost", "nobody", "client", "sslrootcert"), ("localhost", "authority", nil, "sslcert"),
        ("localhost", "authority", "stranger", "sslcert"), ("localhost", "authority", "nobody", "sslcert"),
    ])
    func `a TLS connection comes about with all certificates in order and fails for good without`(
        host: String,
        authority: String,
        client: String?,
        remedy: String?
    ) async throws {
        try await withDatabase { database in
            let url = database.tlsURL(host: host, authority: authority, client: client)
            let settings = try ConnectionSettings(url)
            var failure: PipelineError?
            do throws(PipelineError) {
                let connection = try Connection.open(
                    settings,
                    wakeUp: WakeUp(),
                    clock: RunClock(ContinuousClock())
                )
                let result = try connection.execute("SELECT 1", while: "asking")
                #expect(result.text(0, 0) == "1")
            } catch {
                failure = error
            }
            #expect((failure == nil) == (remedy == nil), "\(String(describing: failure))")
            if let remedy {
                #expect(failure?.kind == .setup)
                #expect(failure?.remedy?.contains(remedy) == true, "\(String(describing: failure))")
            }
        }
    }
}
