/// Is told what happens during a run: the executable turns it into progress, log and metrics.
public protocol Observer: Sendable {
    /// Called from any task, often; returns at once.
    func observe(_ event: RunEvent)
}

/// Tells several observers the same.
public struct Observers: Observer {
    private let all: [any Observer]

    public init(_ all: [any Observer]) {
        self.all = all
    }

    public func observe(_ event: RunEvent) {
        for observer in all { observer.observe(event) }
    }
}
