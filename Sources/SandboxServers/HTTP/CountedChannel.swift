internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Threading

/// Connections that are watched between being accepted and being handled.
///
/// A server that is stopped in between drops such a connection, which the HTTP library takes for a mistake of its user and
/// ends the process for. So nobody stops the server before all that wait to be accepted are handled.
struct CountedChannel<Base: ServerChildChannel>: ServerChildChannel {
    private struct State {
        /// Accepted and not yet handled.
        var waiting = 0
        /// The port at the other end of the connection that was handled last.
        var lastPort: Int?
    }

    let base: Base
    private let state = Locked(State())

    init(_ base: Base) {
        self.base = base
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        state.withLock { $0.waiting += 1 }
        return base.setup(channel: channel, logger: logger)
    }

    func handle(value: Base.Value, logger: Logger) async {
        state.withLock { state in
            state.waiting -= 1
            state.lastPort = value.channel.remoteAddress?.port
        }
        await base.handle(value: value, logger: logger)
    }

    /// Returns when every connection that was made before is being handled: connections are accepted in the order in
    /// which they were made, so one more is made and waited for. Not for ever, since a connection may break in between.
    func settle(_ address: SocketAddress) async {
        let last = try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(to: address).get()
        let port = last?.localAddress?.port
        for _ in 0..<1_000 where state.withLock({ $0.waiting > 0 || $0.lastPort != port }) {
            try? await Task.sleep(for: .milliseconds(1), clock: .continuous)
        }
        try? await last?.close().get()
    }
}
