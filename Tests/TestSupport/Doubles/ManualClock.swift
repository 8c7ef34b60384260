internal import Threading

/// A clock whose time only a test moves.
package final class ManualClock: Clock {
    package struct Instant: InstantProtocol {
        package var offset: Duration

        package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        package func duration(to other: Instant) -> Duration { other.offset - offset }
        package static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct Sleeper {
        let number: Int
        let deadline: Instant
        let wake: AsyncStream<Void>.Continuation
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [Sleeper] = []
        var sleeps = 0
    }

    private let state = Locked(State())
    private let movesItself: Bool
    /// How often others get their turn before a clock moves itself.
    private static let patience = 200
    /// How many tasks sleep now.
    package let sleepers = Level()

    /// - Parameter movesItself: when true nobody waits: whoever wants to sleep moves the time to the end of the sleep.
    package init(movesItself: Bool = false) {
        self.movesItself = movesItself
    }

    package var now: Instant { state.withLock { $0.now } }
    package var minimumResolution: Duration { .zero }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        if movesItself {
            // Whoever has something to do does it first, as if it took no time.
            for _ in 0..<Self.patience {
                await Task.yield()
                try Task.checkCancellation()
            }
            state.withLock { $0.now = max($0.now, deadline) }
            return
        }
        let sleep = state.withLock { state -> (number: Int, stream: AsyncStream<Void>)? in
            guard deadline > state.now else { return nil }
            let (stream, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
            state.sleeps += 1
            state.sleepers.append(Sleeper(number: state.sleeps, deadline: deadline, wake: wake))
            return (state.sleeps, stream)
        }
        guard let sleep else { return }
        sleepers.change(by: 1)
        defer { sleepers.change(by: -1) }
        for await _ in sleep.stream { return }
        state.withLock { state in state.sleepers.removeAll { $0.number == sleep.number } }
        throw CancellationError()
    }

    /// Moves the time on and wakes those whose sleep is over, in the order in which their sleeps end.
    package func advance(by duration: Duration) {
        state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.deadline <= state.now }
            state.sleepers.removeAll { $0.deadline <= state.now }
            for sleeper in due.sorted(by: { ($0.deadline, $0.number) < ($1.deadline, $1.number) }) {
                sleeper.wake.yield()
            }
        }
    }

    /// The time until the first sleeper is due.
    package var nextWake: Duration? {
        state.withLock { state in state.sleepers.map { state.now.duration(to: $0.deadline) }.min() }
    }
}
