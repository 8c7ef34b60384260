internal import Foundation

/// A program that tests run as a process of its own.
package struct Program: Sendable {
    private let path: String

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
    package func start(
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        input: String = ""
    ) throws -> RunningProgram {
        try RunningProgram(path, arguments, environment, input)
    }
}

/// A program while it runs.
package final class RunningProgram: Sendable {
    package let pid: Int32
    private let ended: AsyncStream<Int32>
    private let folder: URL

    fileprivate init(_ path: String, _ arguments: [String], _ environment: [String: String], _ input: String) throws {
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
        process.standardOutput = try file("output", "")
        process.standardError = try file("errors", "")
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            let isSignal = process.terminationReason == .uncaughtSignal
            continuation.yield(isSignal ? 128 + process.terminationStatus : process.terminationStatus)
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

    /// What it has written to standard error so far.
    package var errors: String { text("errors") }

    /// Waits for its end. To be called once.
    package func outcome() async -> Program.Outcome {
        var status: Int32 = -1
        for await value in ended { status = value }
        return Program.Outcome(status: status, output: text("output"), errors: text("errors"))
    }

    private func text(_ name: String) -> String {
        (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
    }
}
