/// What to send, and the limits under which to wait for the answer.
public struct HTTPRequest: Sendable {
    /// As it stands in the first line of the request.
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        case head = "HEAD"
    }

    public var method: Method

    /// Absolute, `http` or `https`, with everything escaped that needs to be.
    public var url: String

    /// Sent as given. `Host` and `Content-Length` are added; `Content-Type` is not.
    public var headers: [HTTPHeader]

    /// Sent with every method but `HEAD`, which refuses one. It may be sent again when a kept-alive connection turns out
    /// to be dead before the server has answered a byte.
    public var body: [UInt8]

    /// For the whole exchange, from connecting to the last byte. At least a millisecond is granted.
    public var timeout: Duration

    /// For the name, the TCP connection and the TLS handshake together.
    public var connectTimeout: Duration

    /// A larger body ends the transfer, at once when `Content-Length` announces it.
    public var maximumResponseBytes: Int

    /// A kept-alive connection that has been idle this long is not used again. Counted in whole seconds, rounded down;
    /// under two seconds every request makes its own connection.
    public var maximumConnectionAge: Duration

    public init(
        _ method: Method,
        _ url: String,
        headers: [HTTPHeader] = [],
        body: [UInt8] = [],
        timeout: Duration = .seconds(60),
        connectTimeout: Duration = .seconds(5),
        maximumResponseBytes: Int = 64 << 20,
        maximumConnectionAge: Duration = .seconds(60)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.maximumResponseBytes = maximumResponseBytes
        self.maximumConnectionAge = maximumConnectionAge
    }
}
