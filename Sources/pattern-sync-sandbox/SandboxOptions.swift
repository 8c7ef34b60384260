internal import ArgumentParser

struct SandboxOptions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pattern-sync-sandbox",
        abstract: "Local stand-ins for an Ollama and a Qdrant server.",
        discussion: """
            They serve on 127.0.0.1 only, until SIGINT or SIGTERM. Their misbehaviour is set with PUT /_sandbox/faults, \
            what they have done is told by GET /_sandbox/stats.
            """
    )

    @Option(help: "The first Ollama server's port; 0 takes any free one.")
    var ollamaPort = 11434

    @Option(help: "How many Ollama servers there are, on consecutive ports; 0 for none.")
    var ollamaServers = 1

    @Option(help: "The Qdrant server's port; 0 takes any free one.")
    var qdrantPort = 6333

    @Option(help: "How long an Ollama server takes for one text, such as 50ms, 1.5s, 200us or 0.")
    var serviceTime = ServiceTime(duration: .zero)

    @Option(help: "How many texts an Ollama server works on at once.")
    var parallel = 1

    @Option(help: "How long an Ollama server takes for a request beside its texts.")
    var requestTime = ServiceTime(duration: .zero)

    @Option(help: "How long an Ollama server takes to load its model, for the first request or after keep_alive 0.")
    var loadTime = ServiceTime(duration: .zero)

    @Option(help: "The embedding model's name.")
    var model = "nomic-embed-text:latest"

    @Option(help: "Components of an embedding.")
    var dimension = 768

    @Option(help: "Tokens of a text that the model takes in.")
    var contextLength = 2048

    @Option(help: "The revision of the model's files: another one has another digest and gives other vectors.")
    var modelRevision = 0

    @Option(help: "The version of the server's arithmetic: another one gives other vectors of the same model.")
    var vectorsVersion = 0

    @Option(help: "The version that the Qdrant server says it is, and keeps to.")
    var qdrantVersion = "1.16.0"

    @Option(help: "The key that the Qdrant server demands.")
    var apiKey: String?

    @Option(name: .customLong("data"), help: "A directory in which the Qdrant server keeps its data.")
    var dataDirectory: String?

    @Option(help: "A file to write OLLAMA_BASE_URL and QDRANT_URL to, once all servers accept connections.")
    var envFile: String?

    func validate() throws {
        try require(0...64 ~= ollamaServers, "--ollama-servers must be from 0 to 64")
        let ports = ollamaPort == 0 ? 0...0 : ollamaPort...(ollamaPort + max(ollamaServers - 1, 0))
        try require(
            ollamaPort >= 0 && ports.upperBound <= 65_535,
            "--ollama-port must be from 0 to 65535, with its servers"
        )
        try require(0...65_535 ~= qdrantPort, "--qdrant-port must be from 0 to 65535")
        try require(
            qdrantPort == 0 || ollamaServers == 0 || !ports.contains(qdrantPort),
            "--qdrant-port must not be a port of an Ollama server"
        )
        try require(1...1_024 ~= parallel, "--parallel must be from 1 to 1024")
        try require(!model.isEmpty, "--model must not be empty")
        try require(1...65_536 ~= dimension, "--dimension must be from 1 to 65536")
        try require(8...1 << 20 ~= contextLength, "--context-length must be from 8 to 1048576")
        let version = qdrantVersion.split(separator: ".", omittingEmptySubsequences: false)
        try require(
            2...3 ~= version.count && version.allSatisfy { UInt16($0) != nil },
            "--qdrant-version must be a version such as 1.16.0"
        )
        try require(apiKey != "", "--api-key must not be empty")
    }

    private func require(_ holds: Bool, _ demand: String) throws {
        if !holds { throw ValidationError(demand) }
    }
}

/// A duration as people write it: a number and one of `us`, `ms` and `s`; `0` needs none.
struct ServiceTime: ExpressibleByArgument {
    let duration: Duration

    init(duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        let units: [(suffix: String, seconds: Double)] = [("us", 1e-6), ("ms", 1e-3), ("s", 1)]
        if argument == "0" {
            self.init(duration: .zero)
            return
        }
        guard let unit = units.first(where: { argument.hasSuffix($0.suffix) }),
            let value = Double(argument.dropLast(unit.suffix.count)), (0...86_400) ~= value * unit.seconds
        else { return nil }
        self.init(duration: .seconds(value * unit.seconds))
    }

    var defaultValueDescription: String { "0" }
}
