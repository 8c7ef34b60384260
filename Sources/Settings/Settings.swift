internal import Foundation

/// All that was said about the settings. A flag wins over the environment, that over the configuration file.
public struct Settings: Sendable {
    public let environment: [String: String]
    public let file: ConfigurationFile

    public init(environment: [String: String], file: ConfigurationFile) {
        self.environment = environment
        self.file = file
    }

    /// The value that wins, if any was given.
    ///
    /// - Parameters:
    ///   - flag: what the command line said, and the option's name.
    ///   - variable: of the environment; an empty one counts as not set.
    ///   - key: of the configuration file.
    public func setting(_ flag: (name: String, text: String?)?, variable: String? = nil, key: String) -> Setting? {
        if let flag, let text = flag.text { return Setting(text: text, origin: flag.name) }
        if let variable, let text = environment[variable], !text.isEmpty {
            return Setting(text: text, origin: variable)
        }
        return file.setting(key)
    }

    /// A value that may be secret: it may also stand in a file, which the variable `NAME_FILE` names.
    public func secret(_ variable: String, key: String) throws(UsageError) -> Setting? {
        let fileVariable = variable + "_FILE"
        guard let path = environment[fileVariable], !path.isEmpty else {
            return setting(nil, variable: variable, key: key)
        }
        if environment[variable]?.isEmpty == false {
            throw UsageError("both \(variable) and \(fileVariable) are set, expected one of them")
        }
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8)
        else {
            throw UsageError("\(fileVariable) names \(Self.quoted(path)), which cannot be read as text")
        }
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !secret.isEmpty else { throw UsageError("\(fileVariable) names \(Self.quoted(path)), which is empty") }
        return Setting(text: secret, origin: "the file of \(fileVariable)")
    }

    /// `path`, unless it may be the secret itself, which somebody put there instead of its file's path.
    private static func quoted(_ path: String) -> String {
        let folder = path.hasPrefix("/") ? path[..<(path.lastIndex(of: "/") ?? path.startIndex)] : ""
        let isPath =
            path.hasPrefix("/") && FileManager.default.fileExists(atPath: folder.isEmpty ? "/" : String(folder))
        return isPath ? "'\(path)'" : "a file"
    }
}
