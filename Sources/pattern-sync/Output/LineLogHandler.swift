internal import Foundation
internal import Logging

/// Writes a log line to standard error: for people, or as one JSON object.
struct LineLogHandler: LogHandler {
    let format: LogFormat
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let merged = metadata.merging(event.metadata ?? [:]) { $1 }
        let time = Date().formatted(.iso8601)
        switch format {
        case .text:
            let values = merged.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            let level = event.level == .info ? "" : "\(event.level): "
            Terminal.standardError.write("\(time) \(level)\(event.message)\(values)\n")
        case .json:
            var object = merged.mapValues { "\($0)" }
            object["time"] = time
            object["level"] = "\(event.level)"
            object["message"] = "\(event.message)"
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            guard let line = try? encoder.encode(object) else { return }
            Terminal.standardError.write(String(decoding: line, as: UTF8.self) + "\n")
        }
    }
}

extension LogConfiguration {
    /// The program's logger.
    func logger() -> Logger {
        Logger(label: "pattern-sync") { _ in LineLogHandler(format: format, logLevel: level) }
    }
}
