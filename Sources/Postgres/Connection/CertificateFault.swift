/// TLS connections that will be refused each time. libpq tells of them in words alone, without an SQLSTATE.
enum CertificateFault {
    /// What a person can do about it; nil when the message tells of something else, which may pass.
    static func remedy(_ message: String) -> String? {
        func tells(_ phrases: [String]) -> Bool { phrases.contains { message.contains($0) } }
        if tells(ofServer) {
            return "check the server's certificate, its date and its names: sslrootcert in DATABASE_URL names the file "
                + "of its authority"
        }
        if tells(ofClient) || alerts.contains(where: { message.contains("alert \($0)") }) {
            return "check the certificate that the server asks for: sslcert and sslkey in DATABASE_URL name its files"
        }
        if tells(["server does not support SSL"]) {
            return "set ssl = on in the server's postgresql.conf, or another sslmode in DATABASE_URL"
        }
        return nil
    }

    private static let ofServer = [
        "certificate verify failed", "root certificate", "server certificate for", "the server's certificate",
        "host name from server certificate",
    ]

    private static let ofClient = [
        "private key file", "could not open certificate file", "could not read certificate file",
        "valid client certificate", "certificate authentication failed",
    ]

    /// In OpenSSL's words. The others, such as `internal error`, may pass.
    private static let alerts = [
        "certificate required", "bad certificate", "unsupported certificate", "certificate revoked",
        "certificate expired", "certificate unknown", "unknown ca", "access denied", "handshake failure",
        "protocol version",
    ]
}
