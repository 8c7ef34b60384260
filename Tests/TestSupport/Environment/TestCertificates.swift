internal import Foundation

/// The certificates that `scripts/with-postgres.sh --tls` has made, which tells of each of them.
package enum TestCertificates {
    package static var areAvailable: Bool { folder != nil }

    private static var folder: String? { ProcessInfo.processInfo.environment["POSTGRES_CERTIFICATES"] }

    /// The PEM file of a certificate.
    package static func certificate(_ name: String) -> String { "\(folder ?? "")/\(name).pem" }

    /// The PEM file of its key.
    package static func key(_ name: String) -> String { "\(folder ?? "")/\(name).key" }
}

extension TestDatabase {
    /// Connects to it by TLS, checking the certificate.
    ///
    /// - Parameters:
    ///   - host: the certificate is for `localhost`.
    ///   - authority: the certificate of who has to have signed the server's.
    ///   - client: the certificate to show; the role has to show one.
    package func tlsURL(host: String = "localhost", authority: String, client: String?) -> String {
        let port = ProcessInfo.processInfo.environment["POSTGRES_TLS_PORT"] ?? ""
        let name = url.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != "?" }
        var address =
            "postgresql://\(host):\(port)/\(name)?user=certified&sslmode=verify-full"
            + "&sslrootcert=\(TestCertificates.certificate(authority))"
        if let client {
            address += "&sslcert=\(TestCertificates.certificate(client))&sslkey=\(TestCertificates.key(client))"
        }
        return address
    }
}
