package import Foundation
internal import Threading

/// A program that tests run as a process of its own.
package struct Program: Sendable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// An executable of this package, built beside the tests.
    package init(product name: String) {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0])
        path = tests.deletingLastPathComponent().appendingPathComponent(name).path
    }

    /// What a process left behind.
    package struct Outcome: Sendable {
        /// The exit status; 128 and the signal's number where a signal ended it.
        package let status: Int32
        /// Whether a signal ended it, and not the program itself.
        package let wasKilled: Bool
        package let output: String
        package let errors: String
    }

    /// Runs the program to its end.
    ///
    /// - Parameter environment: added to the tests' own.
    package func run(
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        input: String = ""
    ) async throws -> Outcome {
        try await start(arguments, environment: environment, input: input).outcome()
    }

    /// Starts the program and returns while it runs.
    ///
    /// - Parameters:
    ///   - output: its standard output, instead of a file whose content the outcome tells.
    ///   - errors: its standard error, likewise.
    package func start(
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        input: String = "",
        output: FileHandle? = nil,
        errors: FileHandle? = nil
    ) throws -> RunningProgram {
        try RunningProgram(path, arguments, environment, input, output, errors)
    }

    /// Runs the program to its end, started by a shell that has run `preparation` before.
    package func run(
        after preparation: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) async throws -> Outcome {
        try await start(after: preparation, arguments, environment: environment).outcome()
    }

    /// Starts the program by a shell that runs `preparation` before, and becomes it.
    package func start(
        after preparation: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) throws -> RunningProgram {
        try Program("/bin/sh").start(
            ["-c", "\(preparation); exec \"$0\" \"$@\"", path] + arguments,
            environment: environment
        )
    }
}

/// A program while it runs.
package final class RunningProgram: Sendable {
    package let pid: Int32
    private let ended: AsyncStream<(status: Int32, wasKilled: Bool)>
    private let runs = Locked(true)
    private let folder: URL

    fileprivate init(
        _ path: String,
        _ arguments: [String],
        _ environment: [String: String],
        _ input: String,
        _ output: FileHandle?,
        _ errors: FileHandle?
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("program-\(UUID())")
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // Files, unlike pipes, never fill up.
        func file(_ name: String, _ content: String) throws -> FileHandle {
            let url = folder.appendingPathComponent(name)
            try Data(content.utf8).write(to: url)
            return try FileHandle(forUpdating: url)
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = try file("input", input)
        process.standardOutput = try output ?? file("output", "")
        process.standardError = try errors ?? file("errors", "")
        let (stream, continuation) = AsyncStream.makeStream(of: (status: Int32, wasKilled: Bool).self)
        process.terminationHandler = { [runs] process in
            runs.withLock { $0 = false }
            let isSignal = process.terminationReason == .uncaughtSignal
            continuation.yield(
                (isSignal ? 128 + process.terminationStatus : process.terminationStatus, isSignal)
            )
            continuation.finish()
        }
        try process.run()
        pid = process.processIdentifier
        ended = stream
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    package func send(signal: Int32) {
        kill(pid, signal)
    }

    /// Whether it has not ended yet.
    package var isRunning: Bool { runs.withLock { $0 } }

    /// What it has written to standard error so far.
    package var errors: String { text("errors") }

    /// Waits for its end. To be called once.
    package func outcome() async -> Program.Outcome {
        var end = (status: Int32(-1), wasKilled: false)
        for await value in ended { end = value }
        return Program.Outcome(
            status: end.status,
            wasKilled: end.wasKilled,
            output: text("output"),
            errors: text("errors")
        )
    }

    private func text(_ name: String) -> String {
        (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
    }
}
