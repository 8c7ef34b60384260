internal import Dispatch

/// A thread's worth of serial execution for C calls that block, so that they never hold a thread of the shared pool.
///
/// An actor that names one as its `unownedExecutor` may wait in `poll(2)`, `fdatasync(2)` and the like:
///
/// ```swift
/// actor File {
///     private let executor = BlockingExecutor(label: "file")
///     nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
/// }
/// ```
public final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// - Parameter label: shown by debuggers as the queue's name.
    public init(label: String) {
        queue = DispatchQueue(label: label)
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
