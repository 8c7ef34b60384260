internal import Threading

/// Whether the model is loaded: the first request loads it, which takes its time, and `keep_alive` 0 unloads it.
final class ModelMemory: Sendable {
    private let loadTime: Duration
    /// When the model is there, or was; nil while it is not loaded.
    private let readyAt = Locked<ContinuousClock.Instant?>(nil)

    init(loadTime: Duration) {
        self.loadTime = loadTime
    }

    var isLoaded: Bool { readyAt.withLock { $0.map { $0 <= .now } ?? false } }

    /// Returns when the model is loaded, which it is from then on.
    func load() async throws {
        let ready = readyAt.withLock { ready in
            let instant = ready ?? ContinuousClock.now.advanced(by: loadTime)
            ready = instant
            return instant
        }
        if ready > .now { try await Task.sleep(until: ready, tolerance: .zero, clock: .continuous) }
    }

    func unload() {
        readyAt.withLock { $0 = nil }
    }
}
