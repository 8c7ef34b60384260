internal import Foundation
internal import Logging
internal import Threading

/// Takes the signals that ask the process to end, from its first moment on, and sees to it that it does end.
///
/// It has a thread of its own: whatever holds up the shared pool's threads, a second signal ends the process at once, and
/// so does the first when the work has not ended by itself after a while.
final class SignalWatch: Sendable {
    static let shared = SignalWatch()

    /// A little longer than the grace of chunks in flight, and shorter than what Docker waits before it kills.
    private static let patience = Duration.milliseconds(9_500)

    private let listener = Locked<AsyncStream<StopSignal>.Continuation?>(nil)

    private init() {}

    /// Takes the signals from here on. To be called once, before anything else.
    func begin() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        wakeUpDescriptor = ends[1]
        for signal in StopSignal.allCases where signal != .hangUp || !Self.isIgnored(signal) {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = wakeUpWatch
            action.sa_flags = SA_RESTART
            sigaction(signal.number, &action, nil)
        }
        let readEnd = ends[0]
        Thread.detachNewThread { self.watch(readEnd) }
    }

    /// Whether who started the process wants it to outlive the terminal, as `nohup` does.
    private static func isIgnored(_ signal: StopSignal) -> Bool {
        var action = sigaction()
        guard sigaction(signal.number, nil, &action) == 0, let handler = action.__sigaction_handler.sa_handler else {
            return false
        }
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// The first signal, told to work that can be stopped. Without such work a signal ends the process.
    func signals() -> AsyncStream<StopSignal> {
        let (stream, continuation) = AsyncStream.makeStream(of: StopSignal.self)
        listener.withLock { $0 = continuation }
        return stream
    }

    /// There is no more work to be stopped.
    func workHasEnded() {
        listener.withLock { $0 = nil }
    }

    private func watch(_ descriptor: Int32) {
        let clock = ContinuousClock()
        var first: (signal: StopSignal, deadline: ContinuousClock.Instant)?
        while true {
            let left = first.map { max(clock.now.duration(to: $0.deadline), .zero) }
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&entry, 1, left.map { Int32(($0 / .milliseconds(1)).rounded(.up)) } ?? -1)
            if ready == 0, let first {
                StandardError.shared.tell(
                    .error,
                    "what was under way has not ended \(Self.patience.seconds) s after the signal: it is given up"
                )
                Self.end(first.signal)
            }
            var number: UInt8 = 0
            guard ready > 0, read(descriptor, &number, 1) == 1, let signal = StopSignal(number: number) else {
                continue
            }
            if first != nil {
                // Who closes a terminal, or shuts the machine down, may send this one after another signal.
                if signal == .hangUp { continue }
                Self.end(signal)
            }
            first = (signal, clock.now + Self.patience)
            guard let listener = listener.withLock({ $0 }) else { Self.end(signal) }
            listener.yield(signal)
        }
    }

    private static func end(_ signal: StopSignal) -> Never {
        // What `patience` leaves until Docker kills is half a second.
        StandardError.shared.flush(atMost: .milliseconds(100))
        _exit(signal.status.rawValue)
    }
}

extension StopSignal {
    fileprivate var number: Int32 {
        switch self {
        case .interrupt: SIGINT
        case .terminate: SIGTERM
        case .hangUp: SIGHUP
        }
    }

    fileprivate init?(number: UInt8) {
        guard let signal = Self.allCases.first(where: { $0.number == Int32(number) }) else { return nil }
        self = signal
    }
}

// Written once, before the first handler is installed that reads it.
private nonisolated(unsafe) var wakeUpDescriptor: Int32 = -1

/// Runs on whichever thread a signal interrupts, so it does nothing but write a byte to a pipe.
private func wakeUpWatch(_ number: Int32) {
    let error = errno
    var byte = UInt8(truncatingIfNeeded: number)
    _ = write(wakeUpDescriptor, &byte, 1)
    errno = error
}
