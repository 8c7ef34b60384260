internal import Foundation
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
    private let requests: AsyncStream<Void>
    private let request: AsyncStream<Void>.Continuation

    private struct State {
        var received: StopSignal?
        var isRunning = false
    }

    init() {
        (requests, request) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// The signal that came, if one did.
    var received: StopSignal? { state.withLock { $0.received } }

    /// From here on a signal asks the work to stop, instead of cancelling it.
    func workCanStop() {
        state.withLock { $0.isRunning = true }
    }

    /// Returns at the first signal, or when the task is cancelled.
    func wait() async {
        for await _ in requests { return }
    }

    /// Runs `body` under the watch for signals.
    func watching<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return await withTaskGroup(of: Result?.self) { group in
            group.addTask { await body() }
            group.addTask {
                await watch(signals)
                return nil
            }
            var result: Result?
            while result == nil, let next = await group.next() {
                result = next
                group.cancelAll()
            }
            // The body always returns, cancelled or not.
            return result!
        }
    }

    /// Returns when the work is to be cancelled.
    private func watch(_ signals: UnixSignalsSequence) async {
        for await signal in signals {
            let stop: StopSignal = signal == .sigterm ? .terminate : .interrupt
            let (isFirst, isRunning) = state.withLock { state in
                let isFirst = state.received == nil
                if isFirst { state.received = stop }
                return (isFirst, state.isRunning)
            }
            if !isFirst { _exit(stop.status.rawValue) }
            if !isRunning { return }
            request.yield()
        }
    }
}
