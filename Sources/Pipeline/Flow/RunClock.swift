/// Time as a run sees it: injected, so that tests need not wait.
public struct RunClock: Sendable {
    private let elapsed: @Sendable () -> Duration
    private let pause: @Sendable (Duration) async throws -> Void

    /// Starts at zero now.
    public init<C: Clock<Duration>>(_ clock: C) where C: Sendable, C.Instant: Sendable {
        let origin = clock.now
        elapsed = { origin.duration(to: clock.now) }
        pause = { try await clock.sleep(for: $0) }
    }

    /// Since the clock was made.
    public var now: Duration { elapsed() }

    /// Throws `.cancelled` when the task is cancelled before the time is over.
    public func sleep(_ duration: Duration) async throws(PipelineError) {
        do {
            try await pause(duration)
        } catch {
            throw .cancelled
        }
    }
}
