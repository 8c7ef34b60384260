import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

/// Each ends in a line that names the thing, what was expected and the remedy, before anything is written.
@Suite("Bad input", .enabled(if: TestDatabase.isAvailable), .endsSomeTime)
struct BadInputTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...3)

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
