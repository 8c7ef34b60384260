internal import Glibc
internal import Pipeline

/// Wakes a thread that waits in `poll(2)`: how the cancellation of a task reaches work with libpq.
final class WakeUp: Sendable {
    /// Readable once `signal` was called.
    private let descriptor: Int32
    private let writeEnd: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "pipe failed: \(errno)")
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        descriptor = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(descriptor)
        close(writeEnd)
    }

    /// From any thread, any number of times: a full pipe is as good as one more byte.
    func signal() {
        var byte: UInt8 = 1
        _ = write(writeEnd, &byte, 1)
    }

    /// Waits until the socket is ready; false when `timeout` is over first.
    ///
    /// - Throws: `.cancelled` once there is a signal, `.server` when the system cannot wait.
    func wait(for events: Int32, at socket: Int32, atMost timeout: Duration?) throws(PipelineError) -> Bool {
        var descriptors = [
            pollfd(fd: socket, events: Int16(events), revents: 0),
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let milliseconds = timeout.map { Int32(clamping: Int(($0 / .milliseconds(1)).rounded(.up))) } ?? -1
        let ready = poll(&descriptors, 2, milliseconds)
        if ready < 0, errno != EINTR {
            throw PipelineError(.server(retryAfter: nil), "PostgreSQL: poll failed with errno \(errno)")
        }
        if ready > 0, descriptors[1].revents != 0 { throw .cancelled }
        return ready > 0
    }

    /// Forgets the signals so far.
    func reset() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(descriptor, &bytes, bytes.count) > 0 {}
    }
}
