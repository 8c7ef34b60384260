#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// What a journal does to the file system. All of it goes through here, so that a test can let any of it fail.
protocol FileOperations: Sendable {
    func openFile(_ path: String, _ purpose: OpeningPurpose) throws(SystemError) -> FileDescriptor
    /// - Returns: how many of the bytes were written, at the file's end: at least one.
    func append(_ bytes: ArraySlice<UInt8>, to file: borrowing FileDescriptor) throws(SystemError) -> Int
    /// Makes the file's content durable, as far as it can be found again.
    func synchronizeData(of file: borrowing FileDescriptor) throws(SystemError)
    func truncate(_ file: borrowing FileDescriptor, to byteCount: Int) throws(SystemError)
    func move(_ path: String, to newPath: String) throws(SystemError)
    func remove(_ path: String) throws(SystemError)
    /// Makes a directory that only this user can enter. One that is there already will do.
    /// - Returns: whether it was not there before.
    func makeDirectory(_ path: String) throws(SystemError) -> Bool
    /// Makes durable which files are in the directory.
    func synchronizeDirectory(_ path: String) throws(SystemError)
}

enum OpeningPurpose {
    /// To write at the end of a file that is there.
    case append
    /// To write a file that is new, or emptied.
    case create
    /// To hold a lock on it; made when it is missing.
    case lock
}

/// An open file, closed when it goes out of use.
struct FileDescriptor: ~Copyable, Sendable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }
}

extension FileOperations {
    /// Writes all of the bytes, however many calls it takes.
    func appendAll(_ bytes: ArraySlice<UInt8>, to file: borrowing FileDescriptor) throws(SystemError) {
        var rest = bytes
        while !rest.isEmpty {
            rest = rest.dropFirst(try append(rest, to: file))
        }
    }
}

/// The file system itself.
struct SystemFiles: FileOperations {
    func openFile(_ path: String, _ purpose: OpeningPurpose) throws(SystemError) -> FileDescriptor {
        let flags =
            switch purpose {
            case .append: O_WRONLY | O_APPEND
            case .create: O_WRONLY | O_APPEND | O_CREAT | O_TRUNC
            case .lock: O_RDWR | O_CREAT
            }
        return FileDescriptor(try Self.checked { open(path, flags | O_CLOEXEC, 0o600) })
    }

    func append(_ bytes: ArraySlice<UInt8>, to file: borrowing FileDescriptor) throws(SystemError) -> Int {
        let number = file.number
        return try Self.checked { bytes.withUnsafeBytes { write(number, $0.baseAddress, $0.count) } }
    }

    func synchronizeData(of file: borrowing FileDescriptor) throws(SystemError) {
        let number = file.number
        _ = try Self.checked { fdatasync(number) }
    }

    func truncate(_ file: borrowing FileDescriptor, to byteCount: Int) throws(SystemError) {
        let number = file.number
        _ = try Self.checked { ftruncate(number, off_t(byteCount)) }
    }

    func move(_ path: String, to newPath: String) throws(SystemError) {
        _ = try Self.checked { rename(path, newPath) }
    }

    func remove(_ path: String) throws(SystemError) {
        _ = try Self.checked { unlink(path) }
    }

    func makeDirectory(_ path: String) throws(SystemError) -> Bool {
        do throws(SystemError) {
            _ = try Self.checked { mkdir(path, 0o700) }
            return true
        } catch {
            guard error.code == EEXIST else { throw error }
            return false
        }
    }

    func synchronizeDirectory(_ path: String) throws(SystemError) {
        let directory = FileDescriptor(try Self.checked { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
        let number = directory.number
        _ = try Self.checked { fsync(number) }
    }

    /// The result of a call that says -1 when it fails; one that a signal interrupted is made again.
    private static func checked<Result: SignedInteger>(_ call: () -> Result) throws(SystemError) -> Result {
        while true {
            let result = call()
            if result >= 0 { return result }
            let error = SystemError.latest
            if error.code != EINTR { throw error }
        }
    }
}
