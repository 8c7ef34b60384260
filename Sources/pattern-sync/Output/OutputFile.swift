internal import Foundation

/// A file that the operator named for a result: `-` is standard output.
///
/// A file is replaced as a whole. What is there and no file, such as a pipe, a device or a link, is written into.
struct OutputFile {
    let path: String

    var isStandardOutput: Bool { path == "-" }

    /// Whether it can be written to, as far as that can be told without doing it.
    var isWritable: Bool {
        guard !isStandardOutput else { return true }
        guard !path.isEmpty else { return false }
        var isFolder = ObjCBool(false)
        // Follows links.
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard !isFolder.boolValue, !exists || access(path, W_OK) == 0 else { return false }
        if isReplaced { return access(Self.folder(of: path), W_OK) == 0 }
        // A link that leads nowhere yet.
        return exists || access(Self.folder(of: URL(fileURLWithPath: path).resolvingSymlinksInPath().path), W_OK) == 0
    }

    func write(_ text: String) throws {
        if isStandardOutput { return StandardOutput.shared.write(result: text) }
        let data = Data(text.utf8)
        if isReplaced { return try data.write(to: URL(fileURLWithPath: path), options: .atomic) }
        // Not every link leads to a file that could be cut off by itself.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        try FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).write(contentsOf: data)
    }

    /// Whether it is a file, or nothing yet.
    private var isReplaced: Bool {
        let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        return type == nil || type == .typeRegular
    }

    private static func folder(of path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().path
    }
}
