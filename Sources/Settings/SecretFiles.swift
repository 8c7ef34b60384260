internal import Foundation

extension Settings {
    /// Variables whose value may stand in a file that `NAME_FILE` names.
    private static let secretVariables = ["DATABASE_URL", "QDRANT_API_KEY", "EMBEDDING_API_KEY"]

    /// A warning for each file with secrets that others than its owner may read.
    public func exposedSecrets() -> [String] {
        var files = Self.secretVariables.compactMap { variable in
            environment[variable + "_FILE"].map { ($0, "the file of \(variable)_FILE") }
        }
        if let path = file.path, file.holdsSecret {
            files.append((path, "the configuration file \(path), which has a secret in it,"))
        }
        return files.filter { Self.isExposed($0.0) }.map {
            "\($0.1) can be read by others than its owner: chmod 600 it"
        }
    }

    private static func isExposed(_ path: String) -> Bool {
        let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        // Docker and Podman put secrets there for all to read in a container that is one program's own, and nobody in
        // it could change that.
        if ["/run/secrets/", "/var/run/secrets/"].contains(where: path.hasPrefix) { return false }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return status.st_mode & (S_IRGRP | S_IROTH) != 0
    }
}

extension ConfigurationFile {
    /// Whether there is a key in it, or an address with a password.
    fileprivate var holdsSecret: Bool {
        if ["qdrant_api_key", "embedding_api_key"].contains(where: { setting($0) != nil }) { return true }
        let addresses = ["qdrant_url", "ollama_base_url", "proxy"].compactMap { setting($0)?.text }
        if addresses.contains(where: { $0.contains("@") }) { return true }
        guard let database = setting("database_url")?.text else { return false }
        return database.contains("password") || database.contains(#/:\/\/[^\/?#]*:[^\/?#]*@/#)
    }
}
