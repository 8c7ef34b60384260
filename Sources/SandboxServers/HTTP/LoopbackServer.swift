internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix

/// Serves one service on the loopback interface, and nowhere else.
struct LoopbackServer: Sendable {
    let service: any SandboxService
    let faults: FaultControl
    let recorder: StatisticsRecorder
    let logger: Logger

    /// Serves while `body` runs. Connections that are still open afterwards are closed.
    /// - Parameter port: 0 for any free one.
    func run<Result>(
        port: Int,
        _ body: (RunningServer) async throws -> Result
    ) async throws -> Result {
        let (bound, announce) = AsyncThrowingStream<any Channel, any Error>.makeStream()
        let exchange = Exchange(
            service: service,
            faults: faults,
            recorder: recorder,
            control: ControlEndpoint(faults: faults, recorder: recorder, service: service)
        )
        let connections = CountedChannel(
            HTTP1Channel(
                responder: { request, writer, _ in try await exchange.serve(request, writer) },
                configuration: HTTP1Channel.Configuration(idleTimeout: service.idleTimeout.map { TimeAmount($0) })
            )
        )
        let server = Server(
            childChannelSetup: connections,
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: port), backlog: 1024),
            onServerRunning: { channel in announce.yield(channel) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )

        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await server.run()
                    announce.finish()
                } catch {
                    announce.finish(throwing: Self.explained(error, port: port))
                }
            }
            var channels = bound.makeAsyncIterator()
            guard let listener = try await channels.next() else { throw CancellationError() }
            let running = RunningServer(
                port: listener.localAddress?.port ?? port,
                faults: faults,
                recorder: recorder,
                service: service
            )
            let result: Swift.Result<Result, any Error>
            do {
                result = .success(try await body(running))
            } catch {
                result = .failure(error)
            }
            if let address = listener.localAddress { await connections.settle(address) }
            try? await listener.close().get()
            group.cancelAll()
            return try result.get()
        }
    }

    private static func explained(_ error: any Error, port: Int) -> any Error {
        guard let error = error as? IOError else { return error }
        if error.errnoCode == Errno.addressInUse {
            return SandboxError(
                .portInUse,
                """
                port \(port) on 127.0.0.1 is in use by another program: stop it, or choose another port (0 takes any \
                free one)
                """
            )
        }
        return SandboxError(.cannotListen, "cannot listen on 127.0.0.1:\(port): \(error)")
    }
}
