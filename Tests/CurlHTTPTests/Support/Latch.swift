import Dispatch
import Threading

/// Opens once; whoever waits goes on then.
final class Latch: Sendable {
    private struct State: Sendable {
        var isOpen = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())

    func open() {
        let waiters = state.withLock { state in
            defer {
                state.isOpen = true
                state.waiters = []
            }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}

extension Latch {
    /// For a script, which has a thread to itself.
    func waitBlocking() {
        let opened = DispatchSemaphore(value: 0)
        Task {
            await wait()
            opened.signal()
        }
        opened.wait()
    }
}
