internal import CLibCurl

extension EasyHandle {
    /// What all requests of a client have in common.
    func apply(_ configuration: HTTPClientConfiguration) throws(HTTPError) {
        // Signals cannot time anything out in a program with threads.
        try set(CURLOPT_NOSIGNAL, 1)
        try limitToHTTP()
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try set(CURLOPT_USERAGENT, configuration.userAgent)
        // Each transfer has buffers of its own. These stay in the processor's cache; a megabyte would be mapped anew by
        // many a transfer, page by page.
        try set(CURLOPT_BUFFERSIZE, 64 << 10)
        try set(CURLOPT_UPLOAD_BUFFERSIZE, 128 << 10)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_TCP_KEEPIDLE, 30)
        try set(CURLOPT_TCP_KEEPINTVL, 10)
        // Giving up on a slow name server must not wait for it: this thread serves all other transfers too. The
        // resolver's thread then cleans up behind itself.
        try setQuickExit()
        try apply(configuration.tls)
        // Both are set, so that curl asks the environment for neither.
        try set(CURLOPT_PROXY, configuration.proxy ?? "")
        try set(CURLOPT_NOPROXY, configuration.proxy == nil ? "*" : "")
    }

    private func apply(_ tls: HTTPClientConfiguration.TLS) throws(HTTPError) {
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        if let caFile = tls.caFile {
            try set(CURLOPT_CAINFO, caFile)
            // Otherwise the system's directory of authorities would be trusted as well.
            try set(CURLOPT_CAPATH, nil)
        }
        if let certificate = tls.clientCertificate {
            try set(CURLOPT_SSLCERT, certificate.certificateFile)
            try set(CURLOPT_SSLKEY, certificate.keyFile)
        }
    }

    /// What is the request's own, but for its headers and the flow of its body.
    func apply(_ request: HTTPRequest) throws(HTTPError) {
        try set(CURLOPT_URL, request.url)
        try set(CURLOPT_TIMEOUT_MS, milliseconds(request.timeout))
        try set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(request.connectTimeout))
        try apply(maximumConnectionAge: request.maximumConnectionAge)

        if request.method == .head {
            try set(CURLOPT_NOBODY, 1)
            return
        }
        // Zero would mean no limit; there the first byte of a body is already too many.
        if request.maximumResponseBytes > 0 {
            try set(CURLOPT_MAXFILESIZE_LARGE, offset: request.maximumResponseBytes)
        }
        if !request.body.isEmpty || request.method.announcesBody {
            try set(CURLOPT_UPLOAD, 1)
            try set(CURLOPT_INFILESIZE_LARGE, offset: request.body.count)
        }
        try set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }

    private func apply(maximumConnectionAge: Duration) throws(HTTPError) {
        // curl drops the fraction of the idle time and then asks whether it is greater, so 3 means "less than 4 s".
        let greatest = min(maximumConnectionAge.components.seconds, 1 << 30) - 1
        if greatest >= 1 {
            try set(CURLOPT_MAXAGE_CONN, Int(greatest))
        } else {
            try set(CURLOPT_FRESH_CONNECT, 1)
        }
    }

    /// At least 1, because 0 would mean "for ever" to curl.
    private func milliseconds(_ duration: Duration) -> Int {
        guard duration < .milliseconds(Int32.max) else { return Int(Int32.max) }
        let (seconds, attoseconds) = duration.components
        return max(1, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}

extension HTTPRequest.Method {
    /// Whether an empty body is announced as such; some servers refuse these methods without `Content-Length`.
    fileprivate var announcesBody: Bool {
        switch self {
        case .post, .put, .patch: true
        case .get, .delete, .head: false
        }
    }
}
