internal import CLibPQ
internal import Glibc
public import Pipeline

/// Where the database is, as libpq understands it, and what must never be printed of it.
public struct ConnectionSettings: Sendable {
    /// A connection URI or `key=value` pairs; empty when libpq's own variables and files say it all.
    let connectionInfo: String
    /// Texts to hide in whatever libpq says.
    private let secrets: [String]
    /// How long connecting may take, all hosts together.
    let connectTimeout: Duration

    /// Checks `connectionInfo` without connecting.
    ///
    /// What libpq says of a malformed one may quote the password, so it is not passed on.
    /// - Throws: `.setup` when it cannot be parsed.
    public init(_ connectionInfo: String, connectTimeout: Duration = .seconds(10)) throws(PipelineError) {
        self.connectionInfo = connectionInfo
        self.connectTimeout = connectTimeout
        guard connectionInfo.isEmpty || Self.isUnambiguous(connectionInfo) else { throw Self.malformed }
        guard let options = PQconninfoParse(connectionInfo, nil) else { throw Self.malformed }
        defer { PQconninfoFree(options) }
        var secrets: [String] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val, ["password", "sslpassword"].contains(String(cString: keyword)) {
                secrets.append(String(cString: value))
            }
            option += 1
        }
        if let password = getenv("PGPASSWORD") { secrets.append(String(cString: password)) }
        self.secrets = secrets.filter { !$0.isEmpty }
    }

    /// What libpq says, without secrets, on one line.
    func redacted(_ message: String) -> String {
        let lines = message.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
        var text = lines.joined(separator: "; ")
        for secret in secrets { text = text.replacing(secret, with: "***") }
        return text
    }

    private static let malformed = PipelineError(
        .setup,
        "DATABASE_URL is not a valid connection string",
        remedy: "use postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with special characters of the password as %XX"
    )

    /// Whether a URI can be read in one way only: an unescaped `@`, `/` or `?` in a password moves parts of it into the
    /// host or the database name, from where they would get into messages.
    private static func isUnambiguous(_ info: String) -> Bool {
        guard let scheme = ["postgresql://", "postgres://"].first(where: info.hasPrefix) else { return true }
        let rest = info.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest[authority.endIndex...].prefix { $0 != "?" }
        if path.contains("@") || authority.count(where: { $0 == "@" }) > 1 { return false }
        let hosts = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return hosts.split(separator: ",").allSatisfy { host in
            let port = host.hasPrefix("[") ? host.drop { $0 != "]" }.dropFirst() : host.drop { $0 != ":" }
            return port.isEmpty || (port.hasPrefix(":") && port.dropFirst().allSatisfy(\.isNumber))
        }
    }
}
