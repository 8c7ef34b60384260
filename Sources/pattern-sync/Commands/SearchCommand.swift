internal import ArgumentParser
internal import Embedding
internal import Foundation
internal import Logging
internal import Pipeline
internal import Postgres
internal import Qdrant

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Shows the patterns that are nearest to a text."
    )

    @Argument(help: "What to look for.")
    var text: String

    @Option(parsing: .unconditional, help: ArgumentHelp("Shows at most so many patterns.", valueName: "n"))
    var limit = 5

    @Option(help: ArgumentHelp("Shows only patterns in this language.", valueName: "name"))
    var language: String?

    @Flag(help: "Prints one JSON object a line.")
    var json = false

    @OptionGroup var server: ServerOptions
    @OptionGroup var common: SettingsOptions

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is \(limit), expected a whole number of at least 1") }
        if text.allSatisfy(\.isWhitespace) { throw ValidationError("the text to look for is blank") }
    }

    func run() async throws {
        let settings = try common.settings()
        let logger = try LogConfiguration(settings, server).logger()
        settings.warn(logger)
        do {
            let configuration = try Configuration(settings, wait: server.wait)
            let servers = try Servers(
                configuration,
                clock: RunClock(ContinuousClock()),
                observer: LogObserver(logger: logger),
                logger: logger
            )
            let found: Result<[PatternMatch], PipelineError>
            do throws(PipelineError) {
                found = .success(try await search(servers))
            } catch {
                found = .failure(error)
            }
            await servers.close()
            for (rank, match) in try found.get().enumerated() {
                StandardOutput.shared.write(result: json ? try line(match) : Self.text(match, rank: rank + 1))
            }
        } catch let error as PipelineError {
            logger.error("\(error)")
            throw ExitStatus.failed
        }
    }

    private func search(_ servers: Servers) async throws(PipelineError) -> [PatternMatch] {
        let (client, _) = try await servers.qdrant()
        let search = PatternSearch(client: client)
        let identity = try await servers.patience.run(.sink) { () async throws(PipelineError) in
            try await search.identity(source: servers.configuration.query.name)
        }.result
        let embedding = try EmbeddingServers(await servers.inspectedEmbedders(), agreeing: nil, servers.logger)
        let model = embedding.model
        if let identity, identity.model != model.name || identity.digest != model.digest {
            throw PipelineError(
                .setup,
                "the collection \(client.collection) was filled with another \(identity.model) than \(model.name) is here",
                remedy: "ask with the model that filled it: set EMBEDDING_MODEL to \(identity.model)"
            )
        }
        let prefix = identity?.queryPrefix ?? ""
        let question = try await embedding.servers[0].embedder(for: model, prefix: prefix)
            .embed([Array(text.utf8)[...]])
        return try await servers.patience.run(.sink) { () async throws(PipelineError) in
            try await search.nearest(to: question[0], limit: limit, language: language)
        }.result
    }

    /// For instance ` 1  0.734  read_lines  python  src/io.py`, and the first line of the code.
    private static func text(_ match: PatternMatch, rank: Int) -> String {
        let head =
            String(format: "%2d  %.3f  ", rank, match.score)
            + [match.name, match.language, match.path]
            .map(\.printable).filter { !$0.isEmpty }.joined(separator: "  ")
        guard let code = tellingLine(of: match.code) else { return head + "\n" }
        return head + "\n           " + String(code.drop(while: \.isWhitespace).prefix(100)).printable + "\n"
    }

    /// The first line that is more than a comment, an attribute or a bracket, else the first that is not blank.
    private static func tellingLine(of code: String) -> Substring? {
        let lines = code.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
        let telling = lines.first { line in
            let start = line.drop(while: \.isWhitespace)
            return start.contains(where: \.isLetter)
                && !["//", "/*", "*", "#", "--", "@", "\"\"\""].contains(where: start.hasPrefix)
        }
        return telling ?? lines.first
    }

    private func line(_ match: PatternMatch) throws -> String {
        struct Line: Encodable {
            let id: String
            let score: Double
            let pattern_name: String
            let language: String
            let file_path: String
            let code: String
        }
        let line = Line(
            id: match.id,
            score: match.score,
            pattern_name: match.name,
            language: match.language,
            file_path: match.path,
            code: match.code
        )
        return try JSONOutput.text(line)
    }
}
