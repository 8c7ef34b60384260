import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite("Secrets", .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox), .endsSomeTime)
struct SecretTests {
    private static let databasePassword = "dbPassw0rd"
    private static let secrets = [
        "qdrantKey+1", "embeddingKey/2", "qdrantUrl@Pass", "qdrantUrl%40Pass", "embedUrl:Pass", databasePassword,
        Data("me:qdrantUrl@Pass".utf8).base64EncodedString(), Data("you:embedUrl:Pass".utf8).base64EncodedString(),
    ]

    /// Secrets wherever they can stand.
    private func environment(_ scenario: Scenario) throws -> [String: String] {
        let key = try scenario.file("key", "qdrantKey+1\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
        let database = scenario.database.url
        return scenario.environment.merging([
            "DATABASE_URL": database + (database.contains("?") ? "&" : "?") + "password=\(Self.databasePassword)",
            "QDRANT_URL": scenario.servers.qdrantURL.replacing("://", with: "://me:qdrantUrl%40Pass@"),
            "OLLAMA_BASE_URL": scenario.servers.ollamaURL.replacing("://", with: "://you:embedUrl:Pass@"),
            "QDRANT_API_KEY_FILE": key,
        ]) { $1 }
    }

    /// Runs each of the commands, and looks for secrets in all that came of it.
    private func sweep(
        _ scenario: Scenario,
        _ commands: [[String]],
        _ circumstances: String
    ) async throws -> [Program.Outcome] {
        let environment = try environment(scenario)
        let config = try scenario.file("sync.yaml", "embedding_api_key: embeddingKey/2\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: config)
        var outcomes: [Program.Outcome] = []
        for command in commands {
            let outcome = try await Scenario.program.run(command + ["--config", config], environment: environment)
            outcomes.append(outcome)
            let report = (try? String(contentsOfFile: scenario.reportPath, encoding: .utf8)) ?? ""
            let journal = try await Program("/bin/sh").run([
                "-c", "find \"$0\" -type f -exec zstd -dcq {} + 2>/dev/null; find \"$0\" -type f -exec cat {} +",
                scenario.journal,
            ]).output
            for secret in Self.secrets {
                for (name, text) in [
                    ("output", outcome.output), ("errors", outcome.errors), ("report", report), ("journal", journal),
                ] {
                    #expect(!text.contains(secret), "\(circumstances), \(command): \(secret) in \(name): \(text)")
                }
            }
        }
        return outcomes
    }

    private static let logged = ["--log-level", "trace", "--wait", "300ms"]

    @Test func `that servers give back in their errors are kept out of everything that is written`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...20)) { scenario in
            let sandbox = try #require(scenario.servers.sandbox)
            let sync = ["--report", scenario.reportPath, "--max-outage", "300ms", "--fresh"] + Self.logged
            let commands = [sync, ["verify"] + Self.logged, ["search", "x"] + Self.logged, ["journal", "--json"]]
            #expect(try await sweep(scenario, commands, "all well").map(\.status) == [0, 0, 0, 0])
            for status in [400, 401, 500, 302] {
                sandbox.ollama[0].faults.set(.init(.embed, match: "function_7", .echo(status)))
                let refused = try await sweep(
                    scenario,
                    [sync, ["journal"], ["journal", "--json"]],
                    "a text refused \(status)"
                )
                #expect(refused[0].errors.contains("***"), "\(refused[0].errors)")
                sandbox.ollama[0].faults.set(.init(.path("/"), .echo(status)))
                try await expectEcho(sweep(scenario, commands, "Ollama \(status)"))
                sandbox.ollama[0].faults.clear()
                sandbox.qdrant.faults.set(.init(.upsert, .echo(status)))
                try await expectEcho(sweep(scenario, [sync, ["journal"]], "an upsert refused \(status)"))
                sandbox.qdrant.faults.set(.init(.path("/"), .echo(status)))
                try await expectEcho(sweep(scenario, commands, "Qdrant \(status)"))
                sandbox.qdrant.faults.clear()
            }
        }
    }

    /// The server did give a secret back, and the sync told of it.
    private func expectEcho(_ outcomes: [Program.Outcome]) {
        #expect(outcomes[0].status != 0)
        #expect(outcomes[0].errors.contains("***"), "\(outcomes[0].errors)")
    }

    @Test func `of the database are kept out of what it says of a query`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...3)) { scenario in
            let query = "SELECT id, '\(Self.databasePassword)'::int::text AS text, '{}'::jsonb AS payload "
            let config = try scenario.file(
                "query.yaml",
                "key: uuid\nquery: \(query)FROM pattern_lineage_nodes\n"
            )
            let outcome = try await Scenario.program.run(
                ["--config", config, "--report", "-"] + Self.logged,
                environment: environment(scenario)
            )
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("***"), "\(outcome.errors)")
            #expect(!(outcome.errors + outcome.output).contains(Self.databasePassword), "\(outcome.errors)")
        }
    }

    @Test(arguments: [301, 302, 307, 308])
    func `do not follow a redirect, which ends the sync and names the host only`(_ status: Int) async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...3)) { scenario in
            let elsewhere = ["Location": "https://user:hidden@elsewhere.example:8443/x?token=hidden"]
            let rule = FaultRule(.path("/"), .status(status, headers: elsewhere))
            let sandbox = try #require(scenario.servers.sandbox)
            for server in [sandbox.qdrant, sandbox.ollama[0]] {
                server.faults.set(rule)
                let outcome = try await scenario.run("--wait", "60s")
                #expect(outcome.status == 1, "\(outcome.errors)")
                #expect(outcome.errors.contains("https://elsewhere.example:8443"), "\(outcome.errors)")
                #expect(!outcome.errors.contains("hidden"), "\(outcome.errors)")
                server.faults.clear()
            }
        }
    }

    @Test func `that others can read are warned of once, with the remedy`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...3)) { scenario in
            let key = try scenario.file("key", "some-key\n")
            let config = try scenario.file("sync.yaml", "embedding_api_key: another-key\n")
            func warnings() async throws -> [Substring] {
                let outcome = try await scenario.run("--config", config, environment: ["QDRANT_API_KEY_FILE": key])
                #expect(outcome.status == 0, "\(outcome.errors)")
                return outcome.errors.split(separator: "\n").filter { $0.contains("chmod 600") }
            }
            for (mode, count) in [(0o644, 2), (0o640, 2), (0o600, 0)] {
                for path in [key, config] {
                    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
                }
                #expect(try await warnings().count == count)
            }
        }
    }

    @Test func `that are missing, empty or put in place of their file are refused and not quoted`() async throws {
        try await withTemporaryFolder { folder in
            let empty = folder + "/empty"
            try " \n".write(toFile: empty, atomically: true, encoding: .utf8)
            let cases = [
                (empty, "is empty"), (folder + "/missing", "cannot be read"), ("aS3cretItself", "cannot be read"),
            ]
            for variable in ["DATABASE_URL", "QDRANT_API_KEY", "EMBEDDING_API_KEY"] {
                for (path, complaint) in cases {
                    let outcome = try await Scenario.program.run(
                        ["sync"],
                        environment: [variable: "", variable + "_FILE": path]
                    )
                    #expect(outcome.status == 2, "\(outcome.errors)")
                    #expect(outcome.errors.contains(variable + "_FILE"), "\(outcome.errors)")
                    #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
                    #expect(!outcome.errors.contains("S3cret"))
                }
            }
        }
    }

    @Test(arguments: [
        ["--qdrant-api-key=S3cret"], ["--qdrant-api-key", "S3cret"], ["postgresql://me:S3cret@localhost/x"],
        ["--config", "postgresql://me:S3cret@localhost/x"], ["--window", "http://me:S3cret@localhost"],
        ["--report=-", "--log-level", "https://S3cret@localhost"],
    ])
    func `in the wrong place of a command line are not quoted`(_ arguments: [String]) async throws {
        let outcome = try await Scenario.program.run(["sync"] + arguments)
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(!outcome.errors.contains("S3cret"), "\(outcome.errors)")
    }
}
