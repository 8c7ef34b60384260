internal import ArgumentParser
internal import Logging
internal import Pipeline
internal import Qdrant

struct GenerationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generations",
        abstract:
            "Shows the generations of the collection that --rebuild has made, goes back to the last one, or drops it."
    )

    @Flag(help: "Deletes all generations but the live one.")
    var drop = false

    @Flag(help: "Lets the collection's name stand for the generation before.")
    var rollback = false

    @Flag(help: "Prints one JSON object a line.")
    var json = false

    @OptionGroup var journal: JournalOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var common: SettingsOptions

    func validate() throws {
        if drop, rollback { throw ValidationError("--drop is given with --rollback, expected one or the other") }
    }

    func run() async throws {
        let settings = try common.settings()
        let logger = try LogConfiguration(settings, server).logger()
        settings.warn(logger)
        let signals = StopSignals()
        let status: ExitStatus
        do {
            let configuration = try Configuration(settings, wait: server.wait, journal: journal.journal)
            let session = GenerationsSession(configuration: configuration, logger: logger)
            let (drops, rollsBack, json) = (drop, rollback, json)
            status = await signals.watching {
                do throws(PipelineError) {
                    let generations = try await session.run { session throws(PipelineError) in
                        if drops { try await session.drop() }
                        if rollsBack { try await session.rollBack() }
                        return try await session.list()
                    }
                    Self.show(generations, of: configuration.collection, json: json)
                    return .done
                } catch {
                    logger.error("\(error)")
                    return ExitStatus(error, signal: signals.received)
                }
            }
        } catch let error as PipelineError {
            logger.error("\(error)")
            status = .failed
        }
        guard status != .done else { return }
        throw status
    }

    private static func show(_ generations: [Generation], of collection: CollectionName, json: Bool) {
        let output = StandardOutput.shared
        if generations.isEmpty, !json {
            output.write(result: "\(collection) has no generations: --rebuild makes the first\n")
        }
        for generation in generations { output.write(result: json ? line(generation) : text(generation)) }
    }

    /// For instance `code_patterns__g2  live      1250 points  nomic-embed-text  2026-11-23T10:00:00Z`.
    private static func text(_ generation: Generation) -> String {
        let parts = [
            generation.name.description, state(generation), "\(generation.points) points",
            generation.model ?? "unknown model", generation.builtAt ?? "",
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "  ").printable + "\n"
    }

    private static func state(_ generation: Generation) -> String {
        if generation.isLive { return "live" }
        if !generation.isOurs { return "foreign" }
        return generation.isBuilding ? "unfinished" : "previous"
    }

    private static func line(_ generation: Generation) -> String {
        struct Line: Encodable {
            let number: Int
            let collection: String
            let state: String
            let points: Int
            let model: String?
            let built_at: String?
        }
        let line = Line(
            number: generation.number,
            collection: generation.name.description,
            state: state(generation),
            points: generation.points,
            model: generation.model,
            built_at: generation.builtAt
        )
        // Strings and whole numbers are always JSON.
        return (try? JSONOutput.text(line)) ?? ""
    }
}
