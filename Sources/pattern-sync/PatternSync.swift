internal import ArgumentParser
internal import Foundation
internal import Settings

/// The program: parses, runs one command, and maps whatever comes out to an exit code.
@main
struct PatternSync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pattern-sync",
        abstract: "Keeps a Qdrant collection a faithful mirror of a PostgreSQL table, through an embedding model.",
        discussion: """
            Connections come from the environment: DATABASE_URL (or PGHOST and the like), QDRANT_URL, QDRANT_API_KEY, \
            OLLAMA_BASE_URL, EMBEDDING_MODEL, EMBEDDING_PROVIDER, EMBEDDING_API_KEY, QDRANT_COLLECTION. Secrets may \
            come from a file that NAME_FILE names.
            """,
        version: Version.number,
        subcommands: [
            SyncCommand.self, VerifyCommand.self, SearchCommand.self, GenerationsCommand.self, JournalCommand.self,
        ],
        defaultSubcommand: SyncCommand.self
    )

    /// Connections need descriptors; the usual soft limit is far below what the system grants.
    private static func allowAllDescriptors() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    static func main() async {
        // A closed pipe is an error of the write that meets it, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        allowAllDescriptors()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as ExitCode {
            Foundation.exit(error.rawValue)
        } catch let error as UsageError {
            Terminal.standardError.write("error: \(error)\n")
            Foundation.exit(ExitStatus.usage.rawValue)
        } catch {
            let code = exitCode(for: error)
            guard code == .validationFailure else { exit(withError: error) }
            // sysexits' 64 is not what schedulers are told to expect.
            Terminal.standardError.write(fullMessage(for: error) + "\n")
            Foundation.exit(ExitStatus.usage.rawValue)
        }
    }
}
