internal import CLibCurl

/// curl's own reading of URLs, so that what passes here means the same to the transfer.
enum URLSyntax {
    /// Throws unless `url` is an absolute `http` or `https` URL.
    static func check(_ url: String) throws(HTTPError) {
        switch scheme(of: url, flags: 0) {
        case .success("http"), .success("https"):
            return
        case .success(let scheme):
            throw HTTPError(.unsupportedScheme, "the URL is \(scheme), not http or https")
        case .failure(CURLUE_UNSUPPORTED_SCHEME):
            throw HTTPError(.unsupportedScheme, "the URL is neither http nor https")
        case .failure(let code):
            throw HTTPError(.invalidURL, "the URL is invalid: \(String(cString: curl_url_strerror(code)))")
        }
    }

    /// Checked ahead of time because curl would quote a proxy that it cannot use, password and all.
    static func check(proxy: String) throws(HTTPError) {
        let flags = UInt32(CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME)
        switch scheme(of: proxy, flags: flags) {
        case .success("http"), .success("https"), .success("socks4"), .success("socks4a"), .success("socks5"),
            .success("socks5h"):
            return
        case .success(let scheme):
            throw HTTPError(.unsupportedScheme, "the proxy is \(scheme), which is no scheme of a proxy")
        case .failure(let code):
            throw HTTPError(.invalidURL, "the proxy is invalid: \(String(cString: curl_url_strerror(code)))")
        }
    }

    /// Scheme, host and port of `url`, as a URL; nil when it is none.
    static func origin(of url: String) -> String? {
        guard let parsed = curl_url() else { return nil }
        defer { curl_url_cleanup(parsed) }
        guard curl_url_set(parsed, CURLUPART_URL, url, UInt32(CURLU_NON_SUPPORT_SCHEME)) == CURLUE_OK,
            let scheme = part(CURLUPART_SCHEME, of: parsed), let host = part(CURLUPART_HOST, of: parsed)
        else { return nil }
        let port = part(CURLUPART_PORT, of: parsed).map { ":\($0)" } ?? ""
        return "\(scheme)://\(host)\(port)"
    }

    private static func part(_ part: CURLUPart, of parsed: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parsed, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    private static func scheme(of url: String, flags: UInt32) -> Outcome {
        guard !url.utf8.contains(0) else { return .failure(CURLUE_MALFORMED_INPUT) }
        guard let parsed = curl_url() else { return .failure(CURLUE_OUT_OF_MEMORY) }
        defer { curl_url_cleanup(parsed) }
        var code = curl_url_set(parsed, CURLUPART_URL, url, flags)
        guard code == CURLUE_OK else { return .failure(code) }
        var scheme: UnsafeMutablePointer<CChar>?
        code = curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0)
        guard code == CURLUE_OK, let scheme else { return .failure(code) }
        defer { curl_free(scheme) }
        return .success(String(cString: scheme))
    }

    private enum Outcome {
        case success(String)
        case failure(CURLUcode)
    }
}
