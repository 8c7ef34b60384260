internal import ArgumentParser
internal import Foundation
internal import Settings

/// Where settings come from, beside the environment.
struct SettingsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A YAML file with settings, and a query of your own.", valueName: "file"))
    var config: String?

    /// Reads the configuration file and the environment.
    func settings() throws(UsageError) -> Settings {
        let file: ConfigurationFile = if let config { try ConfigurationFile(path: config) } else { .none }
        return Settings(environment: ProcessInfo.processInfo.environment, file: file)
    }
}

/// For commands that talk to servers.
struct ServerOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long to wait at the start for servers that are not up (30s).", valueName: "duration")
    )
    var wait: String?

    @Option(help: ArgumentHelp("How log lines are written: text or json.", valueName: "format"))
    var logFormat: String?

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String?
}

/// For commands that write or read the journal.
struct JournalOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where journals are kept (PATTERN_SYNC_JOURNAL).", valueName: "dir"))
    var journal: String?
}
