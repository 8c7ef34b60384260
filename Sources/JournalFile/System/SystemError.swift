internal import Pipeline

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What a system call left in `errno`.
struct SystemError: Error, Equatable {
    var code: Int32

    /// Of the call that has just failed on this thread.
    static var latest: SystemError {
        SystemError(code: errno)
    }

    /// Whether a path could not be made because what it lies in is missing.
    var isMissingParent: Bool { code == ENOENT }

    /// The error for a person.
    /// - Parameter doing: what failed, for example "write to".
    func failure(to doing: String, _ path: String) -> PipelineError {
        let elsewhere = "keep the journal elsewhere with --journal DIR or PATTERN_SYNC_JOURNAL"
        let remedy =
            switch code {
            case ENOSPC, EDQUOT: "free space on its file system, or \(elsewhere)"
            case EFBIG: "let this user write larger files (ulimit -f), or \(elsewhere)"
            case EROFS, EACCES, EPERM: "let this user read and write it, or \(elsewhere)"
            case EIO: "check the disk it is on, or \(elsewhere)"
            case ENAMETOOLONG: "give the sync a shorter name, or \(elsewhere)"
            default: elsewhere
            }
        return PipelineError(
            .setup,
            "cannot \(doing) \(path), which the journal needs: \(String(cString: strerror(code)))",
            remedy: remedy
        )
    }
}
