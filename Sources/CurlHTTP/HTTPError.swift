/// Why a request got no response. A response with status 500 is not an error here: the server has spoken.
///
/// Whether trying again can help is for the caller to judge, who knows whether the request may run twice.
public struct HTTPError: Error, Hashable, Sendable {
    /// What went wrong, as far as a caller can act upon it.
    public enum Kind: String, Hashable, Sendable {
        /// The URL is not one.
        case invalidURL
        /// The URL is neither `http` nor `https`.
        case unsupportedScheme
        /// The request contradicts itself or holds bytes that HTTP forbids.
        case invalidRequest
        /// No address is known for the host or the proxy.
        case resolve
        /// The host or the proxy refused the connection, broke off the handshake without a reason or cannot be reached.
        case connect
        /// The certificate of the server is not trusted, the server refuses ours or wants one, or a certificate file is
        /// unusable.
        case tls
        /// Connecting or the whole exchange took longer than the request allows.
        case timeout
        /// The connection broke before the response was complete.
        case reset
        /// The response is larger than the request allows.
        case tooLarge
        /// The task that waited was cancelled.
        case cancelled
        /// The client was shut down.
        case closed
        /// Anything else: the server does not speak HTTP, memory ran out.
        case other
    }

    public let kind: Kind

    /// One sentence for a person. It holds no header and no credentials of a URL.
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}

extension HTTPError: CustomStringConvertible {
    public var description: String { "HTTP \(kind.rawValue): \(message)" }
}

extension HTTPError {
    static let cancelled = HTTPError(.cancelled, "the request was cancelled")
    static let closed = HTTPError(.closed, "the HTTP client was shut down")
}
