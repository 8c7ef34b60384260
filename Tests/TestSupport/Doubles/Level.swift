internal import Threading

/// A number that goes up and down, and that a task can wait for.
package final class Level: Sendable {
    private struct State {
        var value = 0
        var highest = 0
        var waiting: [(least: Int, wake: AsyncStream<Void>.Continuation)] = []
    }

    private let state = Locked(State())

    package init() {}

    package var value: Int { state.withLock { $0.value } }

    /// The largest value it ever had.
    package var highest: Int { state.withLock { $0.highest } }

    @discardableResult
    package func change(by difference: Int) -> Int {
        state.withLock { state in
            state.value += difference
            state.highest = max(state.highest, state.value)
            state.waiting.removeAll { waiter in
                guard waiter.least <= state.value else { return false }
                waiter.wake.yield()
                waiter.wake.finish()
                return true
            }
            return state.value
        }
    }

    /// Counts up by one and answers the new value.
    package func next() -> Int {
        change(by: 1)
    }

    /// Returns as soon as the value is `least` or more, or the task is cancelled.
    package func reaches(_ least: Int) async {
        let stream = state.withLock { state -> AsyncStream<Void>? in
            guard state.value < least else { return nil }
            let (stream, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
            state.waiting.append((least, wake))
            return stream
        }
        guard let stream else { return }
        for await _ in stream { return }
    }
}
