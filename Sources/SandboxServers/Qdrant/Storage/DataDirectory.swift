#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The files of a server that remembers: `aliases.json`, and for each collection a directory with `collection.json` and
/// `points.log`.
struct DataDirectory: Sendable {
    private let path: String

    init(path: String) throws(SandboxError) {
        self.path = path
        try Self.makeDirectory(path)
        try Self.makeDirectory(path + "/collections")
    }

    private func directory(of collection: String) -> String {
        "\(path)/collections/\(PercentEncoding.encode(collection))"
    }

    func logPath(of collection: String) -> String { directory(of: collection) + "/points.log" }

    func saveAliases(_ aliases: [String: String]) throws(SandboxError) {
        var object = JSONObject()
        for (alias, collection) in aliases.sorted(by: { $0.key < $1.key }) { object[alias] = .string(collection) }
        try Self.replace(path + "/aliases.json", with: JSONValue.object(object).bytes)
    }

    func aliases() throws(SandboxError) -> [String: String] {
        var aliases: [String: String] = [:]
        guard let bytes = try Self.contents(of: path + "/aliases.json") else { return aliases }
        for member in (try? JSONValue(parsing: bytes))?.object?.members ?? [] {
            aliases[member.key] = member.value.string
        }
        return aliases
    }

    /// Writes how a collection is set up; makes its directory the first time.
    func save(_ collection: String, config: CollectionConfig, indexes: JSONObject) throws(SandboxError) {
        let setUp: JSONValue = [
            "name": .string(collection), "config": .object(config.json), "indexes": .object(indexes),
        ]
        try Self.makeDirectory(directory(of: collection))
        try Self.replace(
            directory(of: collection) + "/collection.json",
            with: setUp.bytes
        )
    }

    /// The set-up of each collection there is, by name.
    func collections() throws(SandboxError) -> [String: JSONValue] {
        var collections: [String: JSONValue] = [:]
        for entry in try Self.entries(of: path + "/collections") {
            guard let bytes = try Self.contents(of: "\(path)/collections/\(entry)/collection.json") else { continue }
            guard let json = try? JSONValue(parsing: bytes), let name = json["name"]?.string else {
                throw SandboxError(
                    .storage,
                    "\(path)/collections/\(entry)/collection.json is damaged: remove that directory"
                )
            }
            collections[name] = json
        }
        return collections
    }

    func remove(_ collection: String) {
        // The set-up goes first: without it the rest is nothing, should the process end in between.
        for file in ["/collection.json", "/points.log"] { unlink(directory(of: collection) + file) }
        rmdir(directory(of: collection))
    }

    private static func makeDirectory(_ path: String) throws(SandboxError) {
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw SandboxError(.storage, "cannot make the directory \(path): \(Errno.lastDescription)")
        }
    }

    private static func entries(of path: String) throws(SandboxError) -> [String] {
        guard let directory = opendir(path) else {
            throw SandboxError(.storage, "cannot read the directory \(path): \(Errno.lastDescription)")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    /// nil when there is no such file.
    private static func contents(of path: String) throws(SandboxError) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw SandboxError(.storage, "cannot open \(path): \(Errno.lastDescription)")
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            guard count >= 0 else {
                throw SandboxError(.storage, "cannot read \(path): \(Errno.lastDescription)")
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Writes a file whole or not at all.
    private static func replace(_ path: String, with bytes: [UInt8]) throws(SandboxError) {
        let draft = path + ".new"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw SandboxError(.storage, "cannot open \(draft): \(Errno.lastDescription)") }
        let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        close(file)
        guard written == bytes.count, rename(draft, path) == 0 else {
            throw SandboxError(.storage, "cannot write \(path): \(Errno.lastDescription)")
        }
    }
}
