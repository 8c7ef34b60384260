internal import DequeModule

/// Bounds how many pieces of work are under way at once, and how much they weigh together, over all tasks that share it.
/// Whoever has waited longest is next.
actor Slots {
    private var free: Int
    private let byteCapacity: Int
    private var bytesInFlight = 0
    private var waiting: Deque<(bytes: Int, turn: AsyncStream<Void>.Continuation)> = []

    /// - Parameter bytes: what all pieces may weigh together; one that is heavier has to be alone.
    init(_ count: Int, bytes: Int = .max) {
        precondition(count > 0 && bytes > 0, "there must be room for one piece of work at least")
        free = count
        byteCapacity = bytes
    }

    /// Waits for a slot. Throws `.cancelled` when the task is cancelled first.
    ///
    /// - Parameter bytes: what the piece of work weighs.
    func enter(bytes: Int = 0) async throws(PipelineError) {
        if waiting.isEmpty, hasRoom(for: bytes) {
            take(bytes)
            return
        }
        // A stream of one element is a continuation that knows about cancellation.
        let (stream, turn) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        waiting.append((bytes, turn))
        for await _ in stream { return }
        throw .cancelled
    }

    /// Gives back a slot, to those that have waited longest.
    ///
    /// - Parameter bytes: what `enter` was told.
    func leave(bytes: Int = 0) {
        free += 1
        bytesInFlight -= bytes
        while let next = waiting.first, hasRoom(for: next.bytes) {
            waiting.removeFirst()
            // One whose task was cancelled meanwhile takes none.
            guard case .enqueued = next.turn.yield() else { continue }
            next.turn.finish()
            take(next.bytes)
        }
    }

    private func hasRoom(for bytes: Int) -> Bool {
        free > 0 && (bytesInFlight == 0 || bytes <= byteCapacity - bytesInFlight)
    }

    private func take(_ bytes: Int) {
        free -= 1
        bytesInFlight += bytes
    }
}
