internal import ArgumentParser
internal import Foundation
internal import Logging
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
            SyncCommand.self, VerifyCommand.self, SearchCommand.self, BenchCommand.self, GenerationsCommand.self,
            JournalCommand.self,
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
        SignalWatch.shared.begin()
        // A closed pipe, and a file that may grow no more, are errors of the write that meets them, not the end of the
        // process.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        allowAllDescriptors()
        end(await run())
    }

    private static func run() async -> ExitStatus {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return .done
        } catch let status as ExitStatus {
            return status
        } catch let error as UsageError {
            StandardError.shared.tell(.error, UsageText.withoutCredentials(error.description))
            return .usage
        } catch {
            let text = fullMessage(for: error) + "\n"
            guard exitCode(for: error) == .success else {
                // sysexits' 64 is not what schedulers are told to expect.
                StandardError.shared.write(UsageText.withoutCredentials(text).printableLines)
                return exitCode(for: error) == .validationFailure ? .usage : .failed
            }
            StandardOutput.shared.write(result: text)
            return .done
        }
    }

    /// Ends the process, once all is told that can be.
    private static func end(_ status: ExitStatus) -> Never {
        var status = status
        if case .failed(let reason) = StandardOutput.shared.failure {
            StandardError.shared.tell(.error, "the result cannot be written to standard output: \(reason)")
            if status == .done || status == .differs { status = .failed }
        }
        StandardError.shared.flush(atMost: StandardError.patience)
        Foundation.exit(status.rawValue)
    }
}
