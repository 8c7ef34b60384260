internal import Foundation

/// Runs `body` with a TLS server for `localhost` that passes everything on to a server on this machine; clients have to show
/// a certificate.
///
/// - Parameters:
///   - port: of the server behind it.
///   - certificate: what it shows.
///   - body: is told the TLS server's port.
package func withTLSProxy(
    to port: Int,
    showing certificate: String = "server",
    _ body: (_ port: Int) async throws -> Void
) async throws {
    let options = [
        "OPENSSL-LISTEN:0", "bind=127.0.0.1", "fork", "cert=\(TestCertificates.certificate(certificate))",
        "key=\(TestCertificates.key(certificate))", "cafile=\(TestCertificates.certificate("authority"))",
        "verify=1",
    ]
    let process = try Program("/usr/bin/env").start([
        "socat", "-d", "-d", options.joined(separator: ","), "TCP4:127.0.0.1:\(port)",
    ])
    // Nothing less ends it for sure: it inherits the signals that its parent holds back.
    defer { process.send(signal: SIGKILL) }
    try await body(try await listeningPort(of: process))
}

private func listeningPort(of process: RunningProgram) async throws -> Int {
    struct NotListening: Error {
        let errors: String
    }

    // It says "listening on AF=2 127.0.0.1:port".
    for _ in 0..<3_000 {
        if let match = process.errors.firstMatch(of: #/listening on .*:(\d+)\n/#), let port = Int(match.1) {
            return port
        }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw NotListening(errors: process.errors)
}
