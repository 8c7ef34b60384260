import Foundation

/// One run of the `openssl` command.
struct OpenSSL {
    static let path = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first { (path: String) in access(path, X_OK) == 0 }

    private let identifier: pid_t

    /// - Parameter output: becomes the command's standard output; nothing is kept without one.
    static func start(_ arguments: [String], output: Int32? = nil) throws -> OpenSSL {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        if let output { posix_spawn_file_actions_adddup2(&actions, output, 1) }
        // The connections of other tests must not stay open here after their scripts have closed them.
        for descriptor in 3..<min(getdtablesize(), 2048) {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        let words = (["openssl"] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        var identifier: pid_t = 0
        let status = posix_spawn(&identifier, path ?? "", &actions, nil, words + [nil], environ)
        guard status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: status) ?? .EIO) }
        return OpenSSL(identifier: identifier)
    }

    /// - Returns: the status of `wait(2)`; 0 when the command has succeeded.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        return status
    }

    func kill() {
        Foundation.kill(identifier, SIGKILL)
    }
}
