/// What the server answered, whatever its status. Redirects are answers too: none is followed.
public struct HTTPResponse: Sendable {
    /// Of the last response: interim ones, such as 100, are passed over.
    public let status: Int

    /// No longer than the request allows.
    public let body: [UInt8]

    /// The field's value with its parameters, such as `application/json; charset=utf-8`.
    public let contentType: String?

    /// Where a redirect leads to, as `https://HOST:PORT`: the rest of its URL may hold credentials. Nil for other answers.
    public let redirect: String?

    /// How long the server asks to be left alone; nil when it does not, or no longer does.
    public let retryAfter: Duration?

    /// Whether the request went over a connection that an earlier one had opened.
    package let reusedConnection: Bool
}
