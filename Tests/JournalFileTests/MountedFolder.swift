import FoundationEssentials
import Glibc
import Testing

/// A small file system of its own, mounted at a folder for as long as this lives. Only root may have one.
struct MountedFolder: ~Copyable {
    let path: String

    /// - Parameter size: in the words of tmpfs, for example `64k`.
    init(_ path: String, size: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(size)") == 0 else {
            try Test.cancel("root may not mount here: \(String(cString: strerror(errno)))")
        }
        self.path = path
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
    }

    func resize(to size: String) throws {
        try #require(mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT), "size=\(size)") == 0)
    }

    func makeReadOnly() throws {
        try #require(mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT) | UInt(MS_RDONLY), nil) == 0)
    }

    /// Takes all room that is left.
    func fillUp() throws {
        let file = open("\(path)/filler", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        let page = [UInt8](repeating: 1, count: 4096)
        while write(file, page, page.count) > 0 {}
        try #require(errno == ENOSPC)
    }
}
