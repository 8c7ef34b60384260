internal import Foundation
internal import Yams

/// The YAML file that `--config` names: one flat mapping of settings.
public struct ConfigurationFile: Sendable {
    private let values: [String: String]
    private let name: String
    /// Nil where there is no file.
    let path: String?

    /// No file: nothing is set.
    public static let none = ConfigurationFile(values: [:], name: "", path: nil)

    private init(values: [String: String], name: String, path: String?) {
        self.values = values
        self.name = name
        self.path = path
    }

    /// Every key that a file may have. A dash in a key is as good as an underscore.
    public static let keys: Set<String> = [
        "name", "query", "key", "collection",
        "database_url", "qdrant_url", "qdrant_api_key", "ollama_base_url", "embedding_api_key", "embedding_provider",
        "embedding_model", "ca_file", "client_certificate", "client_key", "proxy",
        "incremental", "deep", "prune", "prune_limit", "rebuild", "replace_collection", "foreign", "dry_run", "list",
        "fresh", "retry_rejected", "limit", "concurrency", "embed_batch",
        "batch_size", "window", "max_outage", "max_rejects",
        "allow_rejects", "overlong", "prefix", "snapshot_window", "wait", "report", "journal", "log_format",
        "log_level",
        "no_progress", "defer_indexing", "vectors_on_disk", "quantization", "datatype",
    ]

    /// Reads the file at `path`.
    public init(path: String) throws(UsageError) {
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8)
        else {
            throw UsageError("the configuration file '\(path)' cannot be read as text")
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        self.init(values: try Self.values(of: text, name: name), name: name, path: path)
    }

    /// Reads the text of a file.
    ///
    /// - Parameter name: of the file, for messages.
    public init(text: String, name: String) throws(UsageError) {
        self.init(values: try Self.values(of: text, name: name), name: name, path: nil)
    }

    private static func values(of text: String, name: String) throws(UsageError) -> [String: String] {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw UsageError("\(name) is not valid YAML: \(brief(error))")
        }
        guard let root, !isNull(root) else { return [:] }
        guard let mapping = root.mapping else { throw UsageError("\(name) is no mapping, expected 'key: value' lines") }
        var values: [String: String] = [:]
        var seen: Set<String> = []
        for (keyNode, valueNode) in mapping {
            // What stands there by mistake may hold a secret.
            let isName = keyNode.scalar?.string.allSatisfy { $0.isLetter || $0 == "_" || $0 == "-" } ?? false
            let written = isName ? keyNode.scalar?.string ?? "" : "…"
            let key = written.replacing("-", with: "_")
            let line = keyNode.mark.map { " (line \($0.line))" } ?? ""
            guard keys.contains(key) else {
                let meant = Spelling.nearest(to: key, in: keys).map { ", did you mean '\($0)'?" } ?? ";"
                throw UsageError(
                    "\(name) has an unknown key '\(written)'\(line)\(meant) known are "
                        + keys.sorted().joined(separator: ", ")
                )
            }
            guard seen.insert(key).inserted else { throw UsageError("\(name) has a key twice: '\(written)'\(line)") }
            guard let value = valueNode.scalar else {
                throw UsageError("\(written) in \(name)\(line) is a list or a mapping, expected a single value")
            }
            if !isNull(valueNode) { values[key] = value.string }
        }
        return values
    }

    /// What the file says of `key`; nil when it says nothing.
    public func setting(_ key: String) -> Setting? {
        values[key].map { Setting(text: $0, origin: "\(key) in \(name)") }
    }

    /// Whether nothing stands there, in one of the ways that YAML has for it.
    private static func isNull(_ node: Node) -> Bool {
        guard let value = node.scalar else { return false }
        return value.style == .plain && ["", "~", "null", "Null", "NULL"].contains(value.string)
    }

    /// The parser's complaint and its place, without the lines of the file: they may hold secrets.
    private static func brief(_ error: any Error) -> String {
        guard let error = error as? YamlError else { return "it cannot be read" }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return "\(problem) in line \(mark.line), column \(mark.column)"
        case .duplicatedKeysInMapping(_, let context): return "a key is there twice, first in line \(context.mark.line)"
        default: return "it cannot be read"
        }
    }
}
