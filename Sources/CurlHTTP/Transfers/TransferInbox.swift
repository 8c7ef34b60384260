internal import Threading

/// Names a transfer for its lifetime, within one client.
struct TransferID: Hashable, Sendable {
    fileprivate let number: UInt64
}

/// Resumed exactly once, by whoever takes the transfer out of where it waits.
typealias TransferContinuation = CheckedContinuation<Result<HTTPResponse, HTTPError>, Never>

/// A request on its way to the loop.
struct Submission: Sendable {
    let id: TransferID
    let request: HTTPRequest
    let continuation: TransferContinuation
}

/// What the loop's thread is told by all others.
///
/// The loop holds the inbox and the client holds the inbox; neither holds the other.
final class TransferInbox: Sendable {
    enum Command: Sendable {
        case add(Submission)
        /// Means nothing to the loop when the transfer is over or was never added.
        case cancel(TransferID)
    }

    private enum Phase: Sendable {
        case running
        case stopping
        /// The loop's thread takes no more commands; what is submitted fails with the error.
        case ended(HTTPError)
    }

    private struct State: Sendable {
        var phase = Phase.running
        var commands: [Command] = []
        var waker: MultiHandle.Waker?
        var endWaiters: [CheckedContinuation<Void, Never>] = []
        var lastID: UInt64 = 0

        /// The loop empties the list at once, so only the first command since has to wake it.
        mutating func post(_ command: Command) {
            if commands.isEmpty { waker?.wake() }
            commands.append(command)
        }
    }

    private let state = Locked(State())

    // MARK: For callers

    func makeID() -> TransferID {
        state.withLock { state in
            state.lastID += 1
            return TransferID(number: state.lastID)
        }
    }

    /// The continuation is resumed in any case: by the loop, or here when there is no loop any more.
    func submit(_ submission: Submission) {
        let refusal: HTTPError? = state.withLock { state in
            switch state.phase {
            case .running:
                state.post(.add(submission))
                return nil
            case .stopping:
                return .closed
            case .ended(let error):
                return error
            }
        }
        if let refusal { submission.continuation.resume(returning: .failure(refusal)) }
    }

    func cancel(_ id: TransferID) {
        state.withLock { state in
            if case .running = state.phase { state.post(.cancel(id)) }
        }
    }

    /// Asks the loop to end and does not wait for it.
    func stop() {
        state.withLock { state in
            if case .running = state.phase {
                state.phase = .stopping
                state.waker?.wake()
            }
        }
    }

    /// Returns when the loop has ended. Only `stop()` makes it end.
    func waitForEnd() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let hasEnded = state.withLock { state in
                if case .ended = state.phase { return true }
                state.endWaiters.append(continuation)
                return false
            }
            if hasEnded { continuation.resume() }
        }
    }

    // MARK: For the loop

    /// - Parameter waker: nil before the multi handle behind the last one is freed.
    func install(_ waker: MultiHandle.Waker?) {
        state.withLock { $0.waker = waker }
    }

    /// What was posted since the last call; nil when it is time to end.
    func takeCommands() -> [Command]? {
        state.withLock { state in
            guard case .running = state.phase else { return nil }
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// Fails what is still here and all that comes later. The loop's last word.
    func end(failing error: HTTPError) {
        let (commands, waiters) = state.withLock { state in
            defer {
                state.phase = .ended(error)
                state.commands = []
                state.endWaiters = []
            }
            return (state.commands, state.endWaiters)
        }
        for case .add(let submission) in commands {
            submission.continuation.resume(returning: .failure(error))
        }
        for waiter in waiters {
            waiter.resume()
        }
    }
}
