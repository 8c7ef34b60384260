internal import Logging
internal import Settings

/// Writes log lines to standard error: for people, or as one JSON object each.
struct LineLogHandler: LogHandler {
    let format: LogFormat
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let values = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        StandardError.shared.write(
            LogLine(level: event.level, message: "\(event.message)", values: values).text(format)
        )
    }
}

extension Settings {
    /// Warns of what is not wrong, but unwise.
    func warn(_ logger: Logger) {
        for warning in exposedSecrets() { logger.warning("\(warning)") }
    }
}

extension LogConfiguration {
    /// The program's logger.
    func logger() -> Logger {
        StandardError.shared.use(format)
        return Logger(label: "pattern-sync") { _ in LineLogHandler(format: format, logLevel: level) }
    }
}
