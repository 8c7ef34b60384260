internal import Pipeline
internal import Threading

/// Ends work when an operator asks for it: cancels what is only being prepared, and asks a run to stop.
struct StopSignals: Sendable {
    private let state = Locked(State())
    private let stop = StopRequest()
    private let cancellation = StopRequest()

    private struct State {
        var received: StopSignal?
        var isRunning = false
    }

    /// The signal that came, if one did.
    var received: StopSignal? { state.withLock { $0.received } }

    /// From here on a signal asks the work to stop, instead of cancelling it.
    func workCanStop() {
        state.withLock { $0.isRunning = true }
    }

    /// Returns at the first signal, or when the task is cancelled.
    func wait() async {
        await stop.wait()
    }

    /// Runs `body` under the watch for signals.
    func watching<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
        let signals = SignalWatch.shared.signals()
        defer { SignalWatch.shared.workHasEnded() }
        return await firstResult { group in
            group.addTask {
                await firstResult { group in
                    group.addTask { await body() }
                    group.addTask {
                        await cancellation.wait()
                        return nil
                    }
                }
            }
            group.addTask {
                for await signal in signals { await receive(signal) }
                return nil
            }
        }
    }

    /// Runs tasks of which one has a result; the end of any ends the others.
    private func firstResult<Result: Sendable>(_ tasks: (inout TaskGroup<Result?>) -> Void) async -> Result {
        await withTaskGroup(of: Result?.self) { group in
            tasks(&group)
            var result: Result?
            while result == nil, let next = await group.next() {
                result = next
                group.cancelAll()
            }
            // The work always returns, cancelled or not.
            return result!
        }
    }

    /// Does what an operator asks for with the first signal.
    func receive(_ signal: StopSignal) async {
        let isRunning = state.withLock { state in
            state.received = signal
            return state.isRunning
        }
        if isRunning { await stop.make() } else { await cancellation.make() }
    }
}
