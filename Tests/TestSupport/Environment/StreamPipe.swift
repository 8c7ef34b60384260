package import Foundation

/// A pipe as a test gives a program for a standard stream.
package struct StreamPipe: Sendable {
    /// For the program.
    package let writeEnd: FileHandle
    private let readEnd: FileHandle

    /// - Parameter isFull: whether the first byte that the program writes has to wait for a reader.
    package init(isFull: Bool = false) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        readEnd = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        writeEnd = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
        guard isFull else { return }
        let flags = fcntl(ends[1], F_GETFL)
        _ = fcntl(ends[1], F_SETFL, flags | O_NONBLOCK)
        let bytes = [UInt8](repeating: UInt8(ascii: "\n"), count: 4_096)
        while write(ends[1], bytes, bytes.count) > 0 {}
        _ = fcntl(ends[1], F_SETFL, flags)
    }

    /// Nobody will read any more.
    package func closeReadEnd() throws {
        try readEnd.close()
    }

    /// What was written up to `end`, without the line breaks that filled the pipe.
    package func read(until end: String) throws -> String {
        var text = ""
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while !text.hasSuffix(end) {
            let count = Foundation.read(readEnd.fileDescriptor, &bytes, bytes.count)
            guard count > 0 else { throw POSIXError(.EIO) }
            text += String(decoding: bytes[..<count], as: UTF8.self)
        }
        return String(text.drop { $0 == "\n" })
    }

    /// What was written until the program let go of it; the test has to let go of its own end before.
    package func readToEnd() throws -> String {
        try writeEnd.close()
        return String(decoding: try readEnd.readToEnd() ?? Data(), as: UTF8.self)
    }
}
