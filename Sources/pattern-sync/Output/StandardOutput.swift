internal import Foundation
internal import Threading

/// Where the result of a command goes. It waits for who reads it: a result is whole, or known not to be.
final class StandardOutput: Sendable {
    static let shared = StandardOutput()

    /// Why the rest of a result could not be written.
    enum Failure: Sendable {
        /// Its reader has seen enough.
        case closed
        case failed(String)
    }

    private let result = Locked<Failure?>(nil)

    private init() {}

    /// Set once a part of a result could not be written.
    var failure: Failure? { result.withLock { $0 } }

    /// Writes a part of what the command was asked for; nothing after a part that could not be written.
    func write(result text: String) {
        guard failure == nil, let failure = put(text) else { return }
        result.withLock { $0 = failure }
    }

    /// Writes what is good to know of work that counts whether anybody reads of it or not.
    func write(note text: String) {
        _ = put(text)
    }

    private func put(_ text: String) -> Failure? {
        // Both streams may be one terminal.
        StandardError.shared.flushBriefly()
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            let error = errno
            if written > 0 {
                bytes = bytes.dropFirst(written)
            } else if error == EAGAIN {
                // Somebody who shares the descriptor made it non-blocking.
                var entry = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                poll(&entry, 1, -1)
            } else if error != EINTR {
                return error == EPIPE ? .closed : .failed(String(cString: strerror(error)))
            }
        }
        return nil
    }
}
