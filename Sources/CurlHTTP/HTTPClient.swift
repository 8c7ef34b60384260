internal import CLibCurl

/// Sends HTTP/1.1 requests over connections that it keeps alive between them.
///
/// ```swift
/// let client = try HTTPClient(configuration: HTTPClientConfiguration(userAgent: "example"))
/// let response = try await client.send(HTTPRequest(.get, "http://127.0.0.1:6333/readyz"))
/// await client.shutDown()
/// ```
///
/// One thread of its own moves the bytes of all requests, so no caller's thread ever blocks. There is no limit on the
/// number of requests at a time: bound them where they are made, since a timeout runs from the moment of `send(_:)`.
/// Dropping the last reference ends the thread too, without waiting for it.
public final class HTTPClient: Sendable {
    /// What goes between, if anything does: its credentials are no server's business.
    public let proxy: String?
    private let inbox: TransferInbox
    private let thread: DedicatedThread

    /// - Throws: `tls` for a certificate file that cannot be read, `invalidURL` or `unsupportedScheme` for the proxy,
    ///   `other` when the system has no room for a thread.
    public init(configuration: HTTPClientConfiguration) throws(HTTPError) {
        try configuration.validate()
        guard globalInitialization == CURLE_OK else { throw HTTPError(globalInitialization) }
        proxy = configuration.proxy
        let inbox = TransferInbox()
        self.inbox = inbox
        thread = try DedicatedThread { TransferLoop.run(inbox, configuration) }
    }

    deinit {
        inbox.stop()
    }

    /// Returns the response, whatever its status.
    ///
    /// Cancelling the task ends the transfer, closes its connection and throws `cancelled`. A request that was sent over
    /// a kept-alive connection and got no byte back is sent again over a fresh one, so a server may see it twice.
    public func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        try request.validate()
        var reconnections = 0
        while true {
            do throws(HTTPError) {
                return try await transfer(request)
            } catch {
                guard error.brokeBeforeSending, request.url.hasPrefix("https:"), reconnections < Self.mostReconnections
                else { throw error }
                reconnections += 1
            }
        }
    }

    /// A server that refuses our certificate often closes the connection before its reason has been read: of so many tries
    /// one reads it.
    private static let mostReconnections = 10

    private func transfer(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        guard !Task.isCancelled else { throw .cancelled }
        let id = inbox.makeID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: TransferContinuation) in
                inbox.submit(Submission(id: id, request: request, continuation: continuation))
                // A cancellation before this point has posted its command ahead of the transfer, where it means nothing.
                if Task.isCancelled { inbox.cancel(id) }
            }
        } onCancel: {
            inbox.cancel(id)
        }
        return try result.get()
    }

    /// Fails what is in flight and all later requests with `closed`, closes the connections and returns when the thread
    /// has ended. Calling it again does no harm.
    public func shutDown() async {
        inbox.stop()
        await inbox.waitForEnd()
        thread.join()
    }
}

/// curl wants it once, before any other call; Swift runs the initializer of a global exactly once.
private let globalInitialization = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
