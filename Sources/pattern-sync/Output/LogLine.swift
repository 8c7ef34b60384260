internal import Foundation
internal import Logging

/// What is logged, as a line for people or as one JSON object.
struct LogLine {
    let level: Logger.Level
    let message: String
    let values: [String: String]

    func text(_ format: LogFormat) -> String {
        let time = Date().formatted(.iso8601)
        switch format {
        case .text:
            let values = values.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            let level = level == .info ? "" : "\(level): "
            return "\(time) \(level)\(message)\(values)".printable + "\n"
        case .json:
            let own = ["time": time, "level": "\(level)", "message": message]
            // A dictionary of strings is always JSON.
            return (try? JSONOutput.text(values.merging(own) { $1 })) ?? ""
        }
    }
}
