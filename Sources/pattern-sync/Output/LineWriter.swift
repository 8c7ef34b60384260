internal import Dispatch
internal import Foundation
internal import Threading

/// Writes lines to a descriptor from a thread of its own, so that a reader who does not read holds nobody up.
///
/// Lines stay whole and in order. What does not fit its buffer any more is dropped, and the number of dropped lines told.
/// A status line, if one is shown, stays below the lines.
final class LineWriter: Sendable {
    private let descriptor: Int32
    private let capacity: Int
    private let state = Locked(State())
    private let wakeUp = DispatchSemaphore(value: 0)

    fileprivate struct State {
        var lines: [String] = []
        /// So many of the lines are written.
        var taken = 0
        /// In the lines that wait.
        var bytes = 0
        var dropped = 0
        var isWriting = false
        /// The status line that is wanted, and the one that is there.
        var status = ""
        var shown = ""
        /// Waits until all is written.
        var flushes: [DispatchSemaphore] = []
        var noteOnDropped: @Sendable (Int) -> String = { "\($0) lines were dropped\n" }
    }

    /// - Parameter capacity: so many bytes wait at most.
    init(descriptor: Int32, capacity: Int = 1 << 20) {
        self.descriptor = descriptor
        self.capacity = capacity
        Thread.detachNewThread { self.work() }
    }

    /// Sets how it is told that so many lines are missing.
    func tellDropped(_ note: @escaping @Sendable (Int) -> String) {
        state.withLock { $0.noteOnDropped = note }
    }

    /// Writes `line`, which ends in a line break, in its turn.
    func write(_ line: String) {
        state.withLock { state in
            guard state.bytes + line.utf8.count <= capacity else {
                state.dropped += 1
                return
            }
            state.tellDropped()
            state.append(line)
        }
        wakeUp.signal()
    }

    /// Shows `line` in place of the status line before; an empty one clears it.
    func show(status line: String) {
        state.withLock { $0.status = line }
        wakeUp.signal()
    }

    /// Waits until all is written.
    ///
    /// - Returns: false when it is not after `limit`.
    @discardableResult
    func flush(atMost limit: Duration) -> Bool {
        let written = DispatchSemaphore(value: 0)
        let isDone = state.withLock { state in
            if !state.isDone, limit > .zero { state.flushes.append(written) }
            return state.isDone
        }
        if isDone || limit <= .zero { return isDone }
        wakeUp.signal()
        return written.wait(timeout: .now() + (limit / .seconds(1))) == .success
    }

    private func work() {
        while true {
            wakeUp.wait()
            while let text = state.withLock({ $0.next() }) { put(text) }
        }
    }

    private func put(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            if written < 0, errno == EAGAIN {
                // Somebody who shares the descriptor made it non-blocking.
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&entry, 1, -1)
                continue
            }
            // Where nobody reads any more, or the disk is full, nothing can be told.
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}

extension LineWriter.State {
    fileprivate var isDone: Bool { !isWriting && taken == lines.count && dropped == 0 && shown == status }

    fileprivate mutating func append(_ line: String) {
        lines.append(line)
        bytes += line.utf8.count
    }

    fileprivate mutating func tellDropped() {
        guard dropped > 0 else { return }
        append(noteOnDropped(dropped))
        dropped = 0
    }

    /// What to write next; nil when all is written.
    fileprivate mutating func next() -> String? {
        isWriting = true
        if taken == lines.count { tellDropped() }
        if taken < lines.count {
            let line = lines[taken]
            taken += 1
            // Not after each line: what is behind those that are removed is moved to the front.
            if taken == lines.count || taken == 1_000 {
                lines.removeFirst(taken)
                taken = 0
            }
            bytes -= line.utf8.count
            defer { shown = status }
            return shown.isEmpty && status.isEmpty ? line : Self.clear + line + status
        }
        if shown != status {
            shown = status
            return Self.clear + status
        }
        isWriting = false
        for flush in flushes { flush.signal() }
        flushes = []
        return nil
    }

    /// To the beginning of the line, and nothing on it.
    private static var clear: String { "\r\u{1b}[K" }
}
