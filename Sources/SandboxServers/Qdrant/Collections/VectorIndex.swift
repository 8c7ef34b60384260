/// How many vectors a collection's index has: a simulation of what a real server works on behind its answers.
struct VectorIndex: Sendable {
    /// What one vector takes.
    let pace: Duration
    private(set) var indexed = 0
    private var wanted = 0
    private var updated = ContinuousClock.now

    init(pace: Duration) {
        self.pace = pace
    }

    var isBuilding: Bool { indexed < wanted }

    /// Has so many vectors indexed from `now` on, beginning with those that were not before.
    mutating func want(_ count: Int, at now: ContinuousClock.Instant) {
        settle(at: now)
        wanted = count
        indexed = min(indexed, count)
        if pace == .zero { indexed = count }
    }

    /// Indexes nothing more; what is indexed stays.
    mutating func stop(at now: ContinuousClock.Instant) {
        settle(at: now)
        wanted = indexed
    }

    /// Takes note of what was done up to `now`.
    private mutating func settle(at now: ContinuousClock.Instant) {
        guard isBuilding else {
            updated = now
            return
        }
        let done = min(Int((now - updated) / pace), wanted - indexed)
        indexed += done
        updated += pace * done
    }
}
