internal import Foundation
internal import Pipeline
internal import Threading
internal import UnixSignals

/// A signal by which an operator ends the program.
enum StopSignal: Sendable {
    case interrupt
    case terminate

    var status: ExitStatus {
        switch self {
        case .interrupt: .interrupted
        case .terminate: .terminated
        }
    }
}

/// Ends work when an operator asks for it: cancels what is only being prepared, asks a run to stop, and at the second
/// signal ends the process at once.
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
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
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
                await watch(signals)
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

    private func watch(_ signals: UnixSignalsSequence) async {
        for await signal in signals { await receive(signal == .sigterm ? .terminate : .interrupt) }
    }

    /// Does what an operator asks for with this signal.
    func receive(_ signal: StopSignal) async {
        let (isFirst, isRunning) = state.withLock { state in
            let isFirst = state.received == nil
            if isFirst { state.received = signal }
            return (isFirst, state.isRunning)
        }
        if !isFirst { _exit(signal.status.rawValue) }
        if isRunning { await stop.make() } else { await cancellation.make() }
    }
}
