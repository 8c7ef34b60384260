internal import Pipeline

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The right to write to a journal, held for as long as this lives.
///
/// The file is never removed: a lock on a file that has lost its name would exclude nobody.
struct JournalLock: ~Copyable, Sendable {
    private static let fileName = "lock"

    /// `flock` belongs to the open file, so it also keeps two journals of one process apart.
    private let file: FileDescriptor

    /// - Throws: `.busy`, at once, when another holds it.
    init(in folder: SegmentFolder, _ files: any FileOperations) throws(PipelineError) {
        let path = "\(folder.path)/\(Self.fileName)"
        let file = try Self.open(path, files)
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            let error = SystemError.latest
            guard error.code == EWOULDBLOCK else { throw error.failure(to: "lock", path) }
            // A process and a host name, which has at most 255 bytes.
            let holder = (try? folder.contents(of: Self.fileName, limit: 400)).flatMap(Self.holder(in:))
            throw PipelineError(
                .busy,
                "another run of this sync is under way" + (holder.map { " (\($0))" } ?? ""),
                remedy: "wait until it has ended, or stop it"
            )
        }
        // The text is for people only, so failing to write it is no reason to stop.
        let text = Array("pid \(getpid()) on \(Self.hostName)\n".utf8)
        try? files.truncate(file, to: 0)
        try? files.appendAll(text[...], to: file)
        self.file = file
    }

    deinit {
        // Closing alone would leave it held for as long as a child that is just being started has the file open too.
        flock(file.number, LOCK_UN)
    }

    private static func open(_ path: String, _ files: any FileOperations) throws(PipelineError) -> FileDescriptor {
        do throws(SystemError) {
            return try files.openFile(path, .lock)
        } catch {
            throw error.failure(to: "open", path)
        }
    }

    /// The text of a lock file, if it is one.
    private static func holder(in bytes: [UInt8]) -> String? {
        guard bytes.last == UInt8(ascii: "\n"), let text = String(validating: bytes.dropLast(), as: UTF8.self),
            text.hasPrefix("pid "), text.unicodeScalars.allSatisfy({ $0.properties.isGraphemeBase })
        else { return nil }
        return text
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "this host" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
