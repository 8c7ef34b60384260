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
    private let stop = Request()
    private let cancellation = Request()

    private struct State {
        var received: StopSignal?
        var isRunning = false
    }

    /// Something that is asked for once and waited for elsewhere.
    private struct Request: Sendable {
        private let stream: AsyncStream<Void>
        private let continuation: AsyncStream<Void>.Continuation

        init() {
            (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        }

        func make() {
            continuation.yield()
        }

        /// Returns when it is made, or when the task is cancelled.
        func wait() async {
            for await _ in stream { return }
        }
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
        for await signal in signals {
            let sort: StopSignal = signal == .sigterm ? .terminate : .interrupt
            let (isFirst, isRunning) = state.withLock { state in
                let isFirst = state.received == nil
                if isFirst { state.received = sort }
                return (isFirst, state.isRunning)
            }
            if !isFirst { _exit(sort.status.rawValue) }
            if isRunning { stop.make() } else { cancellation.make() }
        }
    }
}
