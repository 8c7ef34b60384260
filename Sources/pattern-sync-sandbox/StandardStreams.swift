#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The C library's streams, without its global variables, which are not safe to share.
enum StandardStreams {
    /// Hands everything printed so far to the system: whoever reads a pipe waits for it.
    static func flush() {
        fflush(nil)
    }

    /// Writes a line to standard error.
    static func complain(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
