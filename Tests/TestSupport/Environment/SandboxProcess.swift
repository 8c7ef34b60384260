internal import Foundation

/// A server of the sandbox as a process of its own, which can be killed and comes back at the same address.
package actor SandboxProcess {
    /// Such as `http://127.0.0.1:20123`.
    package nonisolated let url: String

    private let arguments: [String]
    private let environmentFile: String
    private var program: RunningProgram?

    private static let product = Program(product: "pattern-sync-sandbox")
    /// Below the ports that the system gives to clients: one of those could take the port while its server is away.
    private static let ports = 20_000..<32_000

    struct StartError: Error, CustomStringConvertible {
        let description: String
    }

    private init(_ arguments: [String], port: Int, environmentFile: String) {
        self.arguments = arguments
        self.environmentFile = environmentFile
        url = "http://127.0.0.1:\(port)"
    }

    /// Starts an embedding server.
    ///
    /// - Parameters:
    ///   - serviceTime: that one text takes, in milliseconds.
    ///   - folder: where it may leave a file.
    package static func ollama(serviceTime: Int, in folder: String) async throws -> SandboxProcess {
        try await started(in: folder) { port in
            ["--ollama-port", "\(port)", "--qdrant-port", "0", "--service-time", "\(serviceTime)ms"]
        }
    }

    /// Starts a Qdrant that keeps its data below `folder`.
    package static func qdrant(in folder: String) async throws -> SandboxProcess {
        try await started(in: folder) { port in
            ["--ollama-servers", "0", "--qdrant-port", "\(port)", "--data", folder + "/qdrant"]
        }
    }

    private static func started(in folder: String, _ arguments: (Int) -> [String]) async throws -> SandboxProcess {
        var tries = 0
        while true {
            let port = ports.randomElement() ?? ports.lowerBound
            let file = folder + "/sandbox-\(port).env"
            let process = SandboxProcess(arguments(port) + ["--env-file", file], port: port, environmentFile: file)
            do {
                try await process.start()
                return process
            } catch {
                // Somebody else may have the port.
                tries += 1
                if tries == 10 { throw error }
            }
        }
    }

    /// Starts the process, and returns when it accepts connections.
    package func start() async throws {
        try? FileManager.default.removeItem(atPath: environmentFile)
        let program = try Self.product.start(arguments)
        self.program = program
        // Half a minute is far longer than a start takes.
        for _ in 0..<6_000 where program.isRunning {
            if FileManager.default.fileExists(atPath: environmentFile) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        let errors = program.errors
        await kill()
        throw StartError(description: errors)
    }

    /// Ends the process by SIGKILL, in the midst of whatever it does; returns when nobody listens any more.
    package func kill() async {
        guard let program else { return }
        self.program = nil
        program.send(signal: SIGKILL)
        _ = await program.outcome()
    }
}
