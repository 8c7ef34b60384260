#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The folder of a journal, to look at: its segments by number.
struct SegmentFolder {
    var path: String

    static let temporarySuffix = ".tmp"

    static func fileName(ofSegment number: Int) -> String {
        let digits = String(number)
        return "journal-\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits).zst"
    }

    func path(ofSegment number: Int) -> String {
        "\(path)/\(Self.fileName(ofSegment: number))"
    }

    /// The numbers of the segments that are there, rising.
    func segments() throws(SystemError) -> [Int] {
        try fileNames().compactMap { Self.segment(named: $0) }.sorted()
    }

    /// The names of all files that are there; none when the folder itself is not.
    func fileNames() throws(SystemError) -> [String] {
        guard let stream = opendir(path) else {
            let error = SystemError.latest
            if error.code == ENOENT { return [] }
            throw error
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw SystemError.latest }
        return names
    }

    /// The bytes of a file in the folder, or its first `limit` ones.
    func contents(of fileName: String, limit: Int = .max) throws(SystemError) -> [UInt8] {
        let number = open("\(path)/\(fileName)", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw SystemError.latest }
        let file = FileDescriptor(number)
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw SystemError.latest }
        var bytes = [UInt8](repeating: 0, count: min(Int(status.st_size), limit))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                read(file.number, $0.baseAddress! + filled, $0.count - filled)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError.latest
            }
            if count == 0 { break }
            filled += count
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    /// Nil unless the name is one that `fileName(ofSegment:)` gives.
    private static func segment(named name: String) -> Int? {
        guard name.hasPrefix("journal-"), name.hasSuffix(".zst"),
            let number = Int(name.dropFirst("journal-".count).dropLast(".zst".count)),
            number > 0, name == fileName(ofSegment: number)
        else { return nil }
        return number
    }
}
