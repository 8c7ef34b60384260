internal import Foundation
internal import Logging
internal import Threading

/// Where the program says what it does: log lines, errors and the status line. It never waits for who reads them.
final class StandardError: Sendable {
    static let shared = StandardError()

    /// How long the end of the program waits for a slow reader.
    static let patience = Duration.seconds(5)

    private let writer = LineWriter(descriptor: STDERR_FILENO)
    private let format = Locked<LogFormat?>(nil)
    private let isStalled = Locked(false)

    private init() {
        writer.tellDropped { count in
            self.line(.warning, "\(count) lines are missing here: nobody read them in time")
        }
    }

    /// From here on what the program has to say by itself is a log line of this format.
    func use(_ format: LogFormat) {
        self.format.withLock { $0 = format }
    }

    /// Writes one line for people or machines.
    func tell(_ level: Logger.Level, _ message: String) {
        writer.write(line(level, message))
    }

    /// Writes `text`, which ends in a line break, in its turn.
    func write(_ text: String) {
        writer.write(text)
    }

    private func line(_ level: Logger.Level, _ message: String) -> String {
        let format = format.withLock { $0 }
        guard let format else { return (level == .info ? "" : "\(level): ") + message.printable + "\n" }
        return LogLine(level: level, message: message, values: [:]).text(format)
    }

    /// Waits until all is written, but not for longer than `limit`.
    func flush(atMost limit: Duration) {
        writer.flush(atMost: limit)
    }

    /// Lets what is to be written elsewhere come after what was told before; waits no second time for who does not read.
    func flushBriefly() {
        let isStalled = isStalled.withLock { $0 }
        let isWritten = writer.flush(atMost: isStalled ? .zero : .milliseconds(200))
        self.isStalled.withLock { $0 = !isWritten }
    }

    // MARK: - The status line

    /// Whether a person is likely to look at it.
    var isInteractive: Bool {
        isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Shows `line` in place of the status line before; an empty one clears it. Only for an interactive terminal.
    func show(status line: String) {
        writer.show(status: String(line.printable.prefix(max(width - 1, 1))))
    }

    /// In characters.
    private var width: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
