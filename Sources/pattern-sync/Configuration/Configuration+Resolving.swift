internal import CurlHTTP
internal import Embedding
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant
internal import Settings

extension Configuration {
    /// Settles the connections from all that was said about them.
    ///
    /// - Parameters:
    ///   - wait: what `--wait` says.
    ///   - journal: what `--journal` says.
    /// - Throws: `UsageError` for a value that is none, `PipelineError` for one that cannot work.
    init(_ settings: Settings, wait: String? = nil, journal: String? = nil) throws {
        let collection =
            settings.setting(nil, variable: "QDRANT_COLLECTION", key: "collection")?.text ?? "code_patterns"
        self.collection = try CollectionName(collection)
        query = try Self.query(settings, collection: collection)
        database = try ConnectionSettings(settings.secret("DATABASE_URL", key: "database_url")?.text ?? "")
        embedding = try EmbeddingConfiguration(settings)
        qdrantURL =
            try settings.setting(nil, variable: "QDRANT_URL", key: "qdrant_url")?.url() ?? "http://localhost:6333"
        qdrantKey = try settings.secret("QDRANT_API_KEY", key: "qdrant_api_key")?.text
        http = try Self.http(settings)
        journalDirectory = Self.journalDirectory(settings, flag: journal)
        self.wait = try settings.setting(("--wait", wait), key: "wait")?.duration() ?? .seconds(30)
    }

    /// The built-in query, unless the file has one.
    private static func query(_ settings: Settings, collection: String) throws(UsageError) -> SourceQuery {
        let name = settings.file.setting("name")
        guard let sql = settings.file.setting("query") else {
            if let key = settings.file.setting("key") {
                throw UsageError("\(key.origin) is given without a query, expected both or none")
            }
            var query = SourceQuery.codePatterns
            if let name { query.name = name.text }
            return query
        }
        guard let key = settings.file.setting("key") else {
            throw UsageError("\(sql.origin) is given without 'key', expected key: uuid, bigint or text")
        }
        return SourceQuery(
            name: name?.text ?? collection,
            definition: .sql(sql.text),
            key: try key.choice(KeyType.self)
        )
    }

    private static func http(_ settings: Settings) throws(UsageError) -> HTTPClientConfiguration {
        var http = HTTPClientConfiguration(userAgent: "pattern-sync/\(Version.number)")
        http.tls.caFile = settings.file.setting("ca_file")?.text
        http.proxy = settings.file.setting("proxy")?.text
        switch (settings.file.setting("client_certificate"), settings.file.setting("client_key")) {
        case (nil, nil): break
        case (let certificate?, let key):
            http.tls.clientCertificate = .init(
                certificateFile: certificate.text,
                keyFile: key?.text ?? certificate.text
            )
        case (nil, let key?): throw UsageError("\(key.origin) is given without client_certificate")
        }
        return http
    }

    private static func journalDirectory(_ settings: Settings, flag: String?) -> String {
        if let chosen = settings.setting(
            ("--journal", flag),
            variable: "PATTERN_SYNC_JOURNAL",
            key: "journal"
        ) {
            return chosen.text
        }
        if let state = settings.environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/pattern-sync" }
        return (settings.environment["HOME"] ?? "/") + "/.local/state/pattern-sync"
    }
}

extension EmbeddingConfiguration {
    init(_ settings: Settings) throws(UsageError) {
        let addresses = settings.setting(nil, variable: "OLLAMA_BASE_URL", key: "ollama_base_url")
        let list = addresses ?? Setting(text: "http://localhost:11434", origin: "the default")
        var urls: [String] = []
        for part in list.text.split(separator: ",", omittingEmptySubsequences: false) {
            let text = String(part.filter { !$0.isWhitespace })
            let url = try Setting(text: text, origin: list.origin).url()
            guard !urls.contains(url) else { throw UsageError("\(list.origin) names the same server twice") }
            urls.append(url)
        }
        self.urls = urls
        let provider = settings.setting(nil, variable: "EMBEDDING_PROVIDER", key: "embedding_provider")
        self.provider = try provider?.choice(EmbeddingProvider.self) ?? .ollama
        model = settings.setting(nil, variable: "EMBEDDING_MODEL", key: "embedding_model")?.text ?? "nomic-embed-text"
        apiKey = try settings.secret("EMBEDDING_API_KEY", key: "embedding_api_key")?.text
    }
}

extension LogConfiguration {
    init(_ settings: Settings, _ flags: ServerOptions, noProgress: Bool = false) throws(UsageError) {
        format =
            try settings.setting(("--log-format", flags.logFormat), key: "log_format")?.choice(LogFormat.self) ?? .text
        level =
            try settings.setting(("--log-level", flags.logLevel), key: "log_level")?.choice(Logger.Level.self) ?? .info
        let isSilent = settings.setting(("--no-progress", noProgress ? "true" : nil), key: "no_progress")
        showsProgress = try !(isSilent?.boolean() ?? false)
    }
}
