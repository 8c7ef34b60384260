#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

extension HTTPClientConfiguration {
    /// Throws what curl would report only with the first request that needs it.
    func validate() throws(HTTPError) {
        if let proxy { try URLSyntax.check(proxy: proxy) }
        let files = [tls.caFile, tls.clientCertificate?.certificateFile, tls.clientCertificate?.keyFile]
        for case let file? in files where access(file, R_OK) != 0 {
            throw HTTPError(.tls, "cannot read \(file): \(String(cString: strerror(errno)))")
        }
    }
}
