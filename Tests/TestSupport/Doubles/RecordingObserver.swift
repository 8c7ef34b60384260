package import Pipeline
internal import Threading

/// Remembers what it was told.
package final class RecordingObserver: Observer {
    private let told = Locked<[RunEvent]>([])
    /// How many events it was told.
    package let count = Level()
    /// How many of them were `.waiting`.
    package let waits = Level()
    /// How many of them were `.stopping`.
    package let stops = Level()

    package init() {}

    package var events: [RunEvent] { told.withLock { $0 } }

    package func observe(_ event: RunEvent) {
        told.withLock { $0.append(event) }
        switch event {
        case .waiting: waits.change(by: 1)
        case .stopping: stops.change(by: 1)
        default: break
        }
        count.change(by: 1)
    }
}
