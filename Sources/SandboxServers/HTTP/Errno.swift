#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The error codes of the C library that this module tells apart.
enum Errno {
    static let addressInUse = EADDRINUSE

    /// What the last failed call of this thread says of itself.
    static var lastDescription: String { String(cString: strerror(errno)) }
}
