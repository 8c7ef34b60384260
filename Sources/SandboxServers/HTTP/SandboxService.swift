/// What one of the servers does: the protocol it speaks, without sockets and without misbehaviour.
protocol SandboxService: Sendable {
    /// The longest body that is read, in bytes.
    var bodyLimit: Int { get }

    /// Connections that have been idle for this long are closed; nil keeps them for ever.
    var idleTimeout: Duration? { get }

    /// The answer to a body of `length` bytes that is over the limit.
    func tooLarge(length: Int) -> HTTPReply

    /// An error as this server words it.
    func failure(status: Int, message: String, call: HTTPCall) -> HTTPReply

    /// The name under which requests of this kind are counted, such as `POST /api/embed`.
    func route(of call: HTTPCall) -> String

    /// What a fault's `target` names besides path prefixes, such as `embed`; nil for other requests.
    func faultTarget(of call: HTTPCall) -> String?

    /// The texts that a fault's `match` is looked for in; nil means the body as it is.
    func matchedTexts(of call: HTTPCall) -> [[UInt8]]?

    /// Serves one request.
    /// - Parameter fault: a fault in the answer's content, which only the service itself can commit.
    func answer(_ call: HTTPCall, fault: ContentFault?) async throws -> HTTPReply

    /// Forgets what `POST /_sandbox/reset` asks to forget.
    func reset(includingData: Bool) throws
}
