internal import DequeModule

/// Bounds how many pieces of work are under way at once, over all tasks that share it. Whoever has waited longest is next.
actor Slots {
    private var free: Int
    private var waiting: Deque<AsyncStream<Void>.Continuation> = []

    init(_ count: Int) {
        precondition(count > 0, "there must be room for one piece of work at least")
        free = count
    }

    /// Waits for a slot. Throws `.cancelled` when the task is cancelled first.
    func enter() async throws(PipelineError) {
        if free > 0 {
            free -= 1
            return
        }
        // A stream of one element is a continuation that knows about cancellation.
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        waiting.append(continuation)
        for await _ in stream { return }
        throw .cancelled
    }

    /// Gives the slot to the one that has waited longest.
    func leave() {
        while let next = waiting.popFirst() {
            // One whose task was cancelled meanwhile takes none.
            if case .enqueued = next.yield() {
                next.finish()
                return
            }
        }
        free += 1
    }
}
