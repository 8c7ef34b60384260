internal import Foundation
internal import Threading

/// One of the two standard streams. Writes are whole and unbuffered; a status line, if one is shown, stays below them.
final class Terminal: Sendable {
    static let standardOutput = Terminal(descriptor: STDOUT_FILENO)
    static let standardError = Terminal(descriptor: STDERR_FILENO)

    private let descriptor: Int32
    private let status = Locked("")

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Whether a person is likely to look at it.
    var isInteractive: Bool { isatty(descriptor) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb" }

    /// In characters.
    var width: Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes `text` as it is.
    ///
    /// - Returns: whether all of it could be written. A reader that has gone away ends no run.
    @discardableResult
    func write(_ text: String) -> Bool {
        status.withLock { status in
            put(status.isEmpty ? text : "\r\u{1b}[K" + text + status)
        }
    }

    /// Shows `line` in place of the status line before; an empty one clears it. Only for an interactive terminal.
    func show(status line: String) {
        let line = String(line.prefix(max(width - 1, 1)))
        status.withLock { status in
            guard !(status.isEmpty && line.isEmpty) else { return }
            put("\r\u{1b}[K" + line)
            status = line
        }
    }

    @discardableResult
    private func put(_ text: String) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return false }
            bytes = bytes.dropFirst(written)
        }
        return true
    }
}

extension String {
    /// Without characters that a terminal would obey, or that would make one line two.
    var printable: String {
        var printable = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            printable.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return String(printable)
    }
}
