/// Something that may be asked for once, and waited for in many places, one after another or at once.
public actor StopRequest {
    private var isMade = false
    private var waiting: [AsyncStream<Never>.Continuation] = []

    public init() {}

    public func make() {
        isMade = true
        for continuation in waiting { continuation.finish() }
        waiting = []
    }

    /// Returns when it is made, or when the task is cancelled.
    public func wait() async {
        if isMade { return }
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        waiting.append(continuation)
        for await _ in stream {}
    }
}
