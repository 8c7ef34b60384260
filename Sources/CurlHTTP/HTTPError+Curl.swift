internal import CLibCurl

extension HTTPError {
    /// - Parameter text: what curl wrote to the handle's error buffer; empty when it had nothing to add to the code.
    init(_ code: CURLcode, text: String = "") {
        switch code {
        case CURLE_SSL_CONNECT_ERROR, CURLE_SEND_ERROR, CURLE_RECV_ERROR:
            if let refusal = TLSRefusal(text) {
                self.init(.tls, refusal.message)
                return
            }
        default: break
        }
        self.init(Kind(code), text.isEmpty ? String(cString: curl_easy_strerror(code)) : text)
    }

    init(_ code: CURLMcode) {
        self.init(.other, String(cString: curl_multi_strerror(code)))
    }
}

extension HTTPError.Kind {
    init(_ code: CURLcode) {
        self =
            switch code {
            case CURLE_URL_MALFORMAT:
                .invalidURL
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
                .resolve
            case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_SSL_CONNECT_ERROR:
                // A handshake that breaks off is mostly a server that is just starting or stopping.
                .connect
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
                CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_CLIENTCERT,
                CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_ENGINE_NOTFOUND,
                CURLE_SSL_ENGINE_SETFAILED, CURLE_USE_SSL_FAILED:
                .tls
            case CURLE_OPERATION_TIMEDOUT:
                .timeout
            case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_FAIL_REWIND:
                .reset
            case CURLE_FILESIZE_EXCEEDED:
                .tooLarge
            default:
                // Among them CURLE_UNSUPPORTED_PROTOCOL: the scheme was checked before, so here it can only mean that
                // the answer was no HTTP.
                .other
            }
    }
}

extension HTTPError {
    /// Whether the connection was gone before a byte of the request was sent, so that the server cannot have seen it.
    ///
    /// A server that refuses a client's certificate closes the connection so soon after the handshake that its reason is
    /// often lost.
    var brokeBeforeSending: Bool { kind == .reset && message.hasPrefix("getpeername() failed") }
}
