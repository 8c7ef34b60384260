#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The servers' addresses in the form that shells and service managers read.
struct EnvironmentFile {
    /// Why the file could not be written.
    struct WriteError: Error, CustomStringConvertible {
        let description: String
    }

    let ollamaURLs: [String]
    let qdrantURL: String

    var text: String {
        """
        OLLAMA_BASE_URL=\(ollamaURLs.joined(separator: ","))
        QDRANT_URL=\(qdrantURL)

        """
    }

    /// Writes the file whole or not at all.
    func save(to path: String) throws(WriteError) {
        let draft = "\(path).\(getpid())"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Self.failure(path) }
        let bytes = Array(text.utf8)
        let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        close(file)
        guard written == bytes.count, rename(draft, path) == 0 else {
            let failure = Self.failure(path)
            unlink(draft)
            throw failure
        }
    }

    private static func failure(_ path: String) -> WriteError {
        WriteError(
            description:
                "cannot write --env-file \(path): \(String(cString: strerror(errno))); its directory must exist and be writable"
        )
    }
}
