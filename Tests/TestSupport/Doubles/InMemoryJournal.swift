package import Pipeline
internal import Threading

/// Keeps the groups of events in an array.
package final class InMemoryJournal: Journal {
    private struct State {
        var groups: [[JournalEvent]] = []
        var calls = 0
        var failure: PipelineError?
    }

    private let before: @Sendable (_ call: Int, _ events: [JournalEvent]) async throws(PipelineError) -> Void
    private let state = Locked(State())
    /// How many groups it holds.
    package let size = Level()

    /// - Parameter before: is awaited in each append with its number, from 1, and its events; what it throws, the append
    ///   throws, and each one after it.
    package init(
        before: @escaping @Sendable (_ call: Int, _ events: [JournalEvent]) async throws(PipelineError) -> Void = {
            _,
            _ in
        }
    ) {
        self.before = before
    }

    package var groups: [[JournalEvent]] { state.withLock { $0.groups } }
    package var events: [JournalEvent] { groups.flatMap(\.self) }

    package var checkpoints: [Checkpoint] {
        events.compactMap { if case .checkpoint(let checkpoint) = $0 { checkpoint } else { nil } }
    }

    package var rejections: [Rejection] {
        events.compactMap { if case .rejected(let rejection) = $0 { rejection } else { nil } }
    }

    package func append(_ events: [JournalEvent]) async throws(PipelineError) {
        let (call, failure) = state.withLock { state in
            state.calls += 1
            return (state.calls, state.failure)
        }
        if let failure { throw failure }
        do throws(PipelineError) {
            try await before(call, events)
        } catch {
            state.withLock { $0.failure = error }
            throw error
        }
        state.withLock { $0.groups.append(events) }
        size.change(by: 1)
    }
}
