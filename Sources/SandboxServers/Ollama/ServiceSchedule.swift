internal import Threading

/// As many rows of time slots as texts are worked on at once, without gaps in them, handed out in the order of asking.
///
/// Callers reserve their slots and sleep until the last of them ends, so that any number of waiting requests costs nothing.
struct ServiceSchedule<Instant: InstantProtocol>: Sendable where Instant.Duration == Duration {
    /// When each row is free again.
    private var ends: [Instant?]

    /// - Parameter rows: texts at a time.
    init(rows: Int = 1) {
        precondition(rows > 0, "nobody works")
        ends = Array(repeating: nil, count: rows)
    }

    /// Reserves the next slots.
    /// - Parameters:
    ///   - count: texts.
    ///   - requestTime: what the request takes beside its texts; the row that its first text is in is taken so much longer.
    /// - Returns: when the last of them is done; nil when that costs no time.
    mutating func reserve(
        _ count: Int,
        serviceTime: Duration,
        requestTime: Duration = .zero,
        now: Instant
    ) -> Instant? {
        guard serviceTime > .zero || requestTime > .zero, count > 0 else { return nil }
        var last = now
        for text in 0..<count {
            let row = ends.indices.min { (ends[$0] ?? now) < (ends[$1] ?? now) } ?? 0
            let start = ends[row].map { max($0, now) } ?? now
            let end = start.advanced(by: text == 0 ? requestTime + serviceTime : serviceTime)
            ends[row] = end
            last = max(last, end)
        }
        return last
    }
}

/// A server's workers, seen from its concurrent requests.
final class ServiceQueue: Sendable {
    private let schedule: Locked<ServiceSchedule<ContinuousClock.Instant>>
    private let serviceTime: Duration
    private let requestTime: Duration

    init(_ configuration: OllamaSandbox.Configuration) {
        schedule = Locked(ServiceSchedule(rows: configuration.parallelTexts))
        serviceTime = configuration.serviceTime
        requestTime = configuration.requestTime
    }

    /// Returns when `count` texts have had their turn.
    func serve(_ count: Int) async throws {
        let end = schedule.withLock {
            $0.reserve(count, serviceTime: serviceTime, requestTime: requestTime, now: .now)
        }
        if let end { try await Task.sleep(until: end, tolerance: .zero, clock: .continuous) }
    }
}
