#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A lock that owns the value it guards, so that the value cannot be touched without it.
///
/// `Synchronization.Mutex` would do, but ThreadSanitizer reports false races for it on Linux once it is contended:
/// its slow path lives in the runtime, which is not instrumented. `pthread_mutex_t` is understood.
public final class Locked<Value>: @unchecked Sendable {
    // `@unchecked Sendable`: `value` is read and written only between `pthread_mutex_lock` and `_unlock`, and a
    // value enters and leaves only as `sending`, so nothing outside shares its storage.
    private var value: Value
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    public init(_ value: sending Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        let status = pthread_mutex_init(mutex, nil)
        precondition(status == 0, "pthread_mutex_init failed: \(status)")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs `body` with exclusive access. `body` must not block and must not take this lock again.
    public func withLock<Result, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
