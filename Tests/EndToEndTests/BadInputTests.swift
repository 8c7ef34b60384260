import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

/// Each ends in a line that names the thing, what was expected and the remedy, before anything is written.
@Suite("Bad input", .enabled(if: TestDatabase.isAvailable), .timeLimit(.minutes(5)))
struct BadInputTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...3)

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var arguments: [String] = []
        var environment: [String: String] = [:]
        var config: String?
        let status: Int32
        let says: [String]

        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "an unknown option", arguments: ["--bogus"], status: 2, says: ["--bogus"]),
        Case(name: "an unknown subcommand", arguments: ["bogus"], status: 2, says: ["bogus"]),
        Case(
            name: "no number",
            arguments: ["--window", "many"],
            status: 2,
            says: ["--window", "'many'", "whole number"]
        ),
        Case(name: "zero", arguments: ["--batch-size", "0"], status: 2, says: ["--batch-size", "at least 1"]),
        Case(name: "no level", arguments: ["--concurrency", "fast"], status: 2, says: ["--concurrency", "auto"]),
        Case(name: "too much", arguments: ["--concurrency", "9223372036854775807"], status: 2, says: ["at most 256"]),
        Case(name: "no duration", arguments: ["--max-outage", "soon"], status: 2, says: ["--max-outage", "10m"]),
        Case(
            name: "no policy",
            arguments: ["--overlong", "cut"],
            status: 2,
            says: ["--overlong", "truncate or reject"]
        ),
        Case(
            name: "no format",
            arguments: ["--log-format", "xml"],
            status: 2,
            says: ["--log-format", "text or json"]
        ),
        Case(
            name: "no provider",
            environment: ["EMBEDDING_PROVIDER": "cloud"],
            status: 2,
            says: ["EMBEDDING_PROVIDER", "ollama or openai"]
        ),
        Case(
            name: "no URL of Qdrant",
            environment: ["QDRANT_URL": "localhost:6333"],
            status: 2,
            says: ["QDRANT_URL", "http://HOST:PORT"]
        ),
        Case(
            name: "no URL of Ollama",
            environment: ["OLLAMA_BASE_URL": "http://a:1,ftp://b"],
            status: 2,
            says: ["OLLAMA_BASE_URL", "http://HOST:PORT"]
        ),
        Case(
            name: "the same server twice",
            environment: ["OLLAMA_BASE_URL": "http://a:1,http://a:1/"],
            status: 2,
            says: ["OLLAMA_BASE_URL", "twice"]
        ),
        Case(
            name: "the collection of another program",
            environment: ["QDRANT_COLLECTION": "execution_patterns"],
            status: 1,
            says: ["execution_patterns", "QDRANT_COLLECTION"]
        ),
        Case(
            name: "a collection that leads elsewhere",
            environment: ["QDRANT_COLLECTION": "../aliases"],
            status: 1,
            says: ["'../aliases'", "letters"]
        ),
        Case(
            name: "a password that splits the URL",
            environment: ["DATABASE_URL": "postgresql://me:s3c@r3t@localhost/x"],
            status: 1,
            says: ["DATABASE_URL", "%XX"]
        ),
        Case(
            name: "a database that is not there",
            environment: ["DATABASE_URL": "postgresql:///nowhere?host=/nowhere"],
            status: 1,
            says: ["/nowhere", "check host and port"]
        ),
        Case(
            name: "an Ollama that is not there",
            environment: ["OLLAMA_BASE_URL": "http://127.0.0.1:9"],
            status: 1,
            says: ["127.0.0.1:9", "OLLAMA_BASE_URL"]
        ),
        Case(
            name: "a Qdrant that is not there",
            environment: ["QDRANT_URL": "http://127.0.0.1:9"],
            status: 1,
            says: ["127.0.0.1", "QDRANT_URL"]
        ),
        Case(
            name: "a model that is not there",
            environment: ["EMBEDDING_MODEL": "no-such-model"],
            status: 1,
            says: ["no-such-model", "ollama pull no-such-model"]
        ),
        Case(
            name: "a prefix that is not known",
            arguments: ["--prefix", "model"],
            environment: ["EMBEDDING_MODEL": "all-my-own"],
            status: 1,
            says: ["all-my-own"]
        ),
        Case(name: "no YAML", config: "query: [", status: 2, says: ["sync.yaml", "YAML", "line"]),
        Case(name: "an unknown key", config: "colection: x", status: 2, says: ["colection", "collection"]),
        Case(name: "a list for a value", config: "query: [a, b]", status: 2, says: ["query", "single value"]),
        Case(name: "a query without key", config: "query: SELECT 1", status: 2, says: ["key", "uuid, bigint or text"]),
        Case(
            name: "a wrong key type",
            config: "{query: SELECT 1, key: serial}",
            status: 2,
            says: ["'serial'", "uuid or bigint or text"]
        ),
        Case(
            name: "a query that is no SQL",
            config: "{query: SELEKT, key: uuid}",
            status: 1,
            says: ["syntax error", "query"]
        ),
        Case(
            name: "a query without payload",
            config: "{query: \"SELECT 1 AS id, 'x' AS text\", key: bigint}",
            status: 1,
            says: ["payload", "id, text"]
        ),
        Case(
            name: "a query of another key",
            config: "{query: \"SELECT 'x' AS id, 'x' AS text, '{}'::jsonb AS payload\", key: uuid}",
            status: 1,
            says: ["key"]
        ),
        Case(
            name: "a missing table",
            config: "{query: SELECT id FROM missing, key: uuid}",
            status: 1,
            says: ["missing", "42P01"]
        ),
        Case(
            name: "a reserved member",
            config:
                "{query: \"SELECT id, 'x' AS text, '{\\\"_sync\\\": 1}'::jsonb AS payload FROM pattern_lineage_nodes\", key: uuid}",
            status: 1,
            says: ["_sync", "rename"]
        ),
        Case(
            name: "a parameter in a query",
            config: "{query: \"SELECT $1::uuid AS id, 'x' AS text, '{}'::jsonb AS payload\", key: uuid}",
            status: 1,
            says: ["08P01"]
        ),
        Case(
            name: "keys that are none",
            config:
                "{query: \"SELECT 7 AS id, 'x' AS text, '{}'::jsonb AS payload FROM pattern_lineage_nodes\", key: bigint}",
            status: 1,
            says: ["two rows", "unique"]
        ),
        Case(
            name: "a secret twice",
            environment: ["QDRANT_API_KEY": "a", "QDRANT_API_KEY_FILE": "/dev/null"],
            status: 2,
            says: ["QDRANT_API_KEY_FILE"]
        ),
        Case(
            name: "a secret's file that is not there",
            environment: ["DATABASE_URL_FILE": "/nowhere", "DATABASE_URL": ""],
            status: 2,
            says: ["DATABASE_URL_FILE", "/nowhere"]
        ),
        Case(
            name: "a report that cannot be written",
            arguments: ["--report", "/nowhere/report.json"],
            status: 1,
            says: ["/nowhere/report.json"]
        ),
    ]

    @Test(arguments: cases)
    func `is told in one line`(_ bad: Case) async throws {
        try await withScenario(Self.table) { scenario in
            var arguments = bad.arguments
            if let config = bad.config { arguments += ["--config", try scenario.file("sync.yaml", config)] }
            if bad.arguments.first != "bogus" { arguments += ["--wait", "200ms"] }
            let outcome = try await Scenario.program.run(
                arguments,
                environment: scenario.environment.merging(bad.environment) { $1 }
            )
            #expect(outcome.status == bad.status, "\(outcome.errors)")
            for part in bad.says { #expect(outcome.errors.contains(part), "\(outcome.errors)") }
            #expect(!outcome.errors.contains("s3c"))
            #expect(!outcome.errors.contains("r3t"))
        }
    }

    @Test func `is reported as well`() async throws {
        try await withScenario(Self.table) { scenario in
            let outcome = try await scenario.run(
                "--report",
                scenario.reportPath,
                environment: ["DATABASE_URL": "postgresql://me:s3c@r3t@localhost/x"]
            )
            #expect(outcome.status == 1)
            #expect(try scenario.report()["status"] as? String == "failed")
            let error = try scenario.report()["error"] as? [String: Any]
            #expect(error?["kind"] as? String == "setup")
            #expect((error?["remedy"] as? String)?.contains("%XX") == true)
        }
    }

    @Test func `leaves no trace when the database is wrong`() async throws {
        try await withScenario("SELECT 1") { scenario in
            let outcome = try await scenario.run()
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("pattern_lineage_nodes"))
            #expect(try await scenario.qdrant(.get, "").status == 404)
            #expect(!FileManager.default.fileExists(atPath: scenario.journal))
        }
    }

    @Test func `is refused by a collection of another size, which stays as it is`() async throws {
        try await withScenario(Self.table) { scenario in
            _ = try await scenario.qdrant(.put, "", #"{"vectors":{"size":4,"distance":"Cosine"}}"#)
            let outcome = try await scenario.run()
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("4 components"), "\(outcome.errors)")
            #expect(try await scenario.qdrant(.get, "").status == 200)
        }
    }

    @Test func `is refused by a collection with named vectors or another distance`() async throws {
        for vectors in [#"{"size":768,"distance":"Dot"}"#, #"{"code":{"size":768,"distance":"Cosine"}}"#] {
            try await withScenario(Self.table) { scenario in
                _ = try await scenario.qdrant(.put, "", "{\"vectors\":\(vectors)}")
                let outcome = try await scenario.run()
                #expect(outcome.status == 1)
                #expect(outcome.errors.contains("expected"), "\(outcome.errors)")
            }
        }
    }

    @Test(.enabled(if: TestServers.areSandbox))
    func `does not mix vectors of different prefixes`() async throws {
        try await withScenario(Self.table) { scenario in
            #expect(try await scenario.run("--prefix", "model").status == 0)
            let outcome = try await scenario.run()
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("search_document: "), "\(outcome.errors)")
        }
    }

    @Test(.enabled(if: TestServers.areSandbox))
    func `waits for a server that is not up yet`() async throws {
        try await withScenario(Self.table) { scenario in
            scenario.servers.sandbox?.qdrant.faults.set(.init(.path("/"), .status(503), when: .first(4)))
            let outcome = try await scenario.run("--wait", "20s")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("waiting for the sink"))
        }
    }
}
