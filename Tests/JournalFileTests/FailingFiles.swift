import Glibc
import Threading

@testable import JournalFile

/// The file system, but for one operation that fails, or all from one on; and a list of what was asked of it.
struct FailingFiles: FileOperations {
    enum Extent: CaseIterable {
        /// One operation fails, those after it do not.
        case once
        /// Nothing works any more, as after a crash.
        case fromThenOn
    }

    private let files = SystemFiles()
    private let log = Locked<[String]>([])
    private let failing: Int
    private let extent: Extent

    /// - Parameter failing: which operation fails, from 1; by default none that there will ever be.
    init(failing: Int = .max, _ extent: Extent = .once) {
        self.failing = failing
        self.extent = extent
    }

    /// Whether the operation that was to fail has been reached.
    var hasFailed: Bool {
        log.withLock { $0.count } >= failing
    }

    /// The names of all operations since this was last asked.
    func takeOperations() -> [String] {
        log.withLock { log in
            defer { log = [] }
            return log
        }
    }

    private func step(_ operation: String) throws(SystemError) {
        let number = log.withLock { log in
            log.append(operation)
            return log.count
        }
        if extent == .once ? number == failing : number >= failing { throw SystemError(code: ENOSPC) }
    }

    func openFile(_ path: String, _ purpose: OpeningPurpose) throws(SystemError) -> FileDescriptor {
        try step("open")
        return try files.openFile(path, purpose)
    }

    func append(_ bytes: ArraySlice<UInt8>, to file: borrowing FileDescriptor) throws(SystemError) -> Int {
        do throws(SystemError) {
            try step("append")
        } catch {
            // What fails has written a part before, as a full disk lets it.
            if bytes.count > 1 { _ = try files.append(bytes.prefix(bytes.count / 2), to: file) }
            throw error
        }
        return try files.append(bytes.prefix(max(1, bytes.count / 2)), to: file)
    }

    func synchronizeData(of file: borrowing FileDescriptor) throws(SystemError) {
        try step("sync")
        try files.synchronizeData(of: file)
    }

    func truncate(_ file: borrowing FileDescriptor, to byteCount: Int) throws(SystemError) {
        try step("truncate")
        try files.truncate(file, to: byteCount)
    }

    func move(_ path: String, to newPath: String) throws(SystemError) {
        try step("move")
        try files.move(path, to: newPath)
    }

    func remove(_ path: String) throws(SystemError) {
        try step("remove")
        try files.remove(path)
    }

    func makeDirectory(_ path: String) throws(SystemError) -> Bool {
        try step("mkdir")
        return try files.makeDirectory(path)
    }

    func synchronizeDirectory(_ path: String) throws(SystemError) {
        try step("syncdir")
        try files.synchronizeDirectory(path)
    }
}
