/// A TLS connection that will be refused each time, in a few words; OpenSSL's are inside what curl says.
struct TLSRefusal {
    let message: String

    /// - Parameter text: what curl says of a connection that broke, whichever code it gave it: TLS 1.3 refuses a client's
    ///   certificate only after the handshake, with the first answer.
    /// - Returns: nil when the connection may have broken for a reason that passes.
    init?(_ text: String) {
        if let alert = Self.alerts.first(where: { text.contains("alert \($0)") }) {
            message = "the server refuses the TLS connection: \(alert)"
        } else if text.contains("wrong version number") {
            message = "the server does not speak TLS"
        } else {
            return nil
        }
    }

    /// What a server says of the certificate that it got or did not get, or of what the two have in common. The others,
    /// such as `internal error`, may pass.
    private static let alerts = [
        "certificate required", "bad certificate", "unsupported certificate", "certificate revoked",
        "certificate expired", "certificate unknown", "unknown ca", "access denied", "handshake failure",
        "protocol version", "insufficient security", "no application protocol",
    ]
}
