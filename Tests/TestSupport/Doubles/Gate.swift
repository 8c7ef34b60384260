package import Pipeline
internal import Threading

/// Holds whoever comes by until it is opened.
package final class Gate: Sendable {
    private struct State {
        var isOpen: Bool
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    private let state: Locked<State>
    /// How many it holds now.
    package let held = Level()

    package init(isOpen: Bool = false) {
        state = Locked(State(isOpen: isOpen))
    }

    /// Returns when the gate lets the task through; throws `.cancelled` when the task is cancelled first.
    package func pass() async throws(PipelineError) {
        let stream = state.withLock { state -> AsyncStream<Void>? in
            guard !state.isOpen else { return nil }
            let (stream, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
            state.waiting.append(wake)
            return stream
        }
        guard let stream else { return }
        held.change(by: 1)
        defer { held.change(by: -1) }
        for await _ in stream { return }
        throw .cancelled
    }

    /// Lets those through that wait, and everyone after them.
    package func open() {
        state.withLock { state in
            state.isOpen = true
            for wake in state.waiting { wake.yield() }
            state.waiting = []
        }
    }

    /// Lets the one through that waits longest.
    package func releaseOne() {
        state.withLock { state in
            while !state.waiting.isEmpty {
                if case .enqueued = state.waiting.removeFirst().yield() { return }
            }
        }
    }
}
