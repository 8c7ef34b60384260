internal import Threading

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A thread for one long piece of work. Letting go of the object lets the thread finish on its own.
final class DedicatedThread: Sendable {
    private struct Handle: @unchecked Sendable {
        // `@unchecked Sendable`: any thread may join or detach any other; `Locked` sees to it that one does, once.
        let thread: pthread_t
    }

    private let handle: Locked<Handle?>

    init(_ body: @escaping @Sendable () -> Void) throws(HTTPError) {
        #if canImport(Darwin)
        var thread: pthread_t?
        #else
        var thread = pthread_t()
        #endif
        // Balanced by the new thread, or below when there is none.
        let context = Unmanaged.passRetained(Body(run: body))
        let status = pthread_create(
            &thread,
            nil,
            { context in
                guard let context = context as UnsafeMutableRawPointer? else { return nil }
                blockBrokenPipeSignal()
                Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            context.toOpaque()
        )
        guard status == 0 else {
            context.release()
            throw HTTPError(.other, "cannot start a thread: \(String(cString: strerror(status)))")
        }
        #if canImport(Darwin)
        handle = Locked(thread.map(Handle.init))
        #else
        handle = Locked(Handle(thread: thread))
        #endif
    }

    deinit {
        if let handle = takeHandle() { pthread_detach(handle.thread) }
    }

    /// Waits for the thread to end. Blocks, so the caller makes sure that it is about to. Later calls do nothing.
    func join() {
        if let handle = takeHandle() { pthread_join(handle.thread, nil) }
    }

    private func takeHandle() -> Handle? {
        handle.withLock { handle in
            defer { handle = nil }
            return handle
        }
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}

/// Writing to a connection that the peer has closed must be an error of that write, not the end of the process. Without
/// signals of its own curl leaves this to the program, and a TLS library may write without `MSG_NOSIGNAL`. The signal goes
/// to the thread that writes, so blocking it here touches nobody else; threads that curl starts from here inherit that.
private func blockBrokenPipeSignal() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
}
