/// What holds for every request of one client.
public struct HTTPClientConfiguration: Sendable {
    /// Whom to trust, and as whom to call.
    public struct TLS: Sendable {
        /// A file of PEM certificates: the only authorities to trust. Without one, those of the system.
        public var caFile: String?

        /// What to show to a server that asks who is calling.
        public var clientCertificate: ClientCertificate?

        public init(caFile: String? = nil, clientCertificate: ClientCertificate? = nil) {
            self.caFile = caFile
            self.clientCertificate = clientCertificate
        }
    }

    /// What proves who is calling, in two files.
    public struct ClientCertificate: Sendable {
        /// PEM, the certificate and the chain above it.
        public var certificateFile: String

        /// PEM, without a passphrase. May be the same file.
        public var keyFile: String

        public init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    public var tls: TLS

    /// Such as `http://proxy:3128` or `socks5h://user:password@proxy`. Without one every connection is direct: the
    /// environment's `http_proxy` and its kin are not consulted, and neither is `no_proxy`.
    public var proxy: String?

    /// What servers write into their logs, such as `example/1.0`.
    public var userAgent: String

    public init(tls: TLS = TLS(), proxy: String? = nil, userAgent: String) {
        self.tls = tls
        self.proxy = proxy
        self.userAgent = userAgent
    }
}
