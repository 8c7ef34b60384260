internal import Threading

/// One text after another: a row of time slots without gaps in it, handed out in the order of asking.
///
/// Callers reserve their slot and sleep until it ends, so that any number of waiting requests costs nothing.
struct ServiceSchedule<Instant: InstantProtocol>: Sendable where Instant.Duration == Duration {
    private var lastEnd: Instant?

    init() {}

    /// Reserves the next slots.
    /// - Parameter count: texts.
    /// - Returns: when the last of them is done; nil when that costs no time.
    mutating func reserve(_ count: Int, serviceTime: Duration, now: Instant) -> Instant? {
        guard serviceTime > .zero, count > 0 else { return nil }
        let start = lastEnd.map { max($0, now) } ?? now
        let end = start.advanced(by: serviceTime * count)
        lastEnd = end
        return end
    }
}

/// A server's only worker, seen from its concurrent requests.
final class ServiceQueue: Sendable {
    private let schedule = Locked(ServiceSchedule<ContinuousClock.Instant>())
    private let serviceTime: Duration

    init(serviceTime: Duration) {
        self.serviceTime = serviceTime
    }

    /// Returns when `count` texts have had their turn.
    func serve(_ count: Int) async throws {
        guard serviceTime > .zero else { return }
        let end = schedule.withLock { $0.reserve(count, serviceTime: serviceTime, now: .now) }
        if let end { try await Task.sleep(until: end, tolerance: .zero, clock: .continuous) }
    }
}
