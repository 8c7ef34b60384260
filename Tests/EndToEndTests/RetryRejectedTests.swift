import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite(
    "A retry of rejected rows",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct RetryRejectedTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...60)

    /// Lets the embedding server make nothing of these patterns' texts, and of those only.
    private func spoil(_ scenario: Scenario, _ numbers: Int...) {
        let rules = numbers.map { FaultRule(.embed, match: "pattern \($0)\n", .zeroVector) }
        scenario.servers.sandbox?.ollama[0].faults.set(FaultPlan(rules))
    }

    @Test func `embeds just those that are still there, until none is left`() async throws {
        try await withScenario(Self.table) { scenario in
            spoil(scenario, 11, 22, 33)
            let full = try await scenario.measure()
            #expect(full.status == 3, "\(full.errors)")
            #expect(full.count("rejected") == 3)
            #expect(full.outcome.output.contains("--retry-rejected"))
            #expect(try await scenario.pointCount() == 57)

            spoil(scenario, 33)
            try await scenario.database.run("DELETE FROM pattern_lineage_nodes WHERE pattern_id = 'p-22'")
            let first = try await scenario.measure("--retry-rejected")
            #expect(first.status == 3, "\(first.errors)")
            #expect(first.report["mode"] as? String == "incremental")
            #expect(first.count("rows_read") == 2 && first.count("embedded") == 1 && first.count("rejected") == 1)

            spoil(scenario)
            let second = try await scenario.measure("--retry-rejected")
            #expect(second.status == 0, "\(second.errors)")
            #expect(second.texts == 1)
            #expect(second.count("rows_read") == 1 && second.count("upserted") == 1 && second.count("rejected") == 0)
            try await scenario.expectMirror()

            let third = try await scenario.measure("--retry-rejected")
            #expect(third.status == 0, "\(third.errors)")
            #expect(third.errors.contains("nothing to retry"), "\(third.errors)")
            #expect(third.texts == 0 && third.count("rows_read") == 0)
            let journal = try await scenario.run("journal")
            #expect(journal.output.contains("(incremental, only rows that were rejected before, "))
        }
    }

    @Test func `is the way out where too many rows were rejected`() async throws {
        try await withScenario(Self.table) { scenario in
            spoil(scenario, 11, 22, 33)
            let failed = try await scenario.run("--max-rejects", "1")
            #expect(failed.status == 1)
            #expect(failed.errors.contains("--retry-rejected"), "\(failed.errors)")
            spoil(scenario)
            let retry = try await scenario.measure("--retry-rejected")
            #expect(retry.status == 0, "\(retry.errors)")
            #expect(retry.texts == 3)
            let rest = try await scenario.measure()
            #expect(rest.count("attempt") == 2, "\(rest.errors)")
            try await scenario.expectMirror()
        }
    }

    @Test func `leaves the mark of an interrupted full sync alone`() async throws {
        try await withScenario(
            PatternTable.creation() + PatternTable.rows(1...400),
            ollama: .init(serviceTime: .milliseconds(10))
        ) { scenario in
            spoil(scenario, 5, 6)
            let program = try scenario.start("--batch-size", "20", "--window", "4")
            try await scenario.waitForPoints(250, of: program)
            program.send(signal: SIGKILL)
            #expect(await program.outcome().status == 128 + SIGKILL)
            spoil(scenario)
            let retry = try await scenario.measure("--retry-rejected")
            #expect(retry.status == 0, "\(retry.errors)")
            // Texts of the run that was killed may still be under way at the server, so that those are not counted.
            #expect(retry.count("embedded") == 2 && retry.count("upserted") == 2 && retry.count("attempt") == 1)
            let full = try await scenario.measure("--batch-size", "20")
            // It did reject them, whatever has become of them since.
            #expect(full.status == 3, "\(full.errors)")
            #expect(full.count("attempt") == 2 && full.count("rejected") == 2 && full.texts < 350)
            #expect(full.report["resumed_from"] is String)
            try await scenario.expectMirror()
            let rest = try await scenario.measure("--retry-rejected")
            #expect(rest.status == 0, "\(rest.errors)")
            #expect(rest.texts == 0 && rest.count("unchanged") == 2)
        }
    }

    @Test(arguments: ["uuid", "bigint", "text"])
    func `finds rows by keys of any kind`(_ key: String) async throws {
        let expression =
            switch key {
            case "uuid": "md5(i::text)::uuid"
            case "bigint": "(i - 1) * 1000000007::bigint"
            default: "'ключ \" \\ ' || i"
            }
        let table = """
            CREATE TABLE notes (key \(key) PRIMARY KEY, body text, tag int);
            INSERT INTO notes SELECT \(expression), 'note ' || i || ' of some', i FROM generate_series(0, 39) AS i;
            UPDATE notes SET body = ' ' WHERE tag = 5;
            """
        try await withScenario(table) { scenario in
            let config = try scenario.file(
                "sync.yaml",
                """
                name: notes
                key: \(key)
                query: SELECT key AS id, body AS text, jsonb_build_object('tag', tag) AS payload FROM notes
                """
            )
            scenario.servers.sandbox?.ollama[0].faults.set(.init(.embed, match: "note 6 of", .zeroVector))
            // No point can have a negative number: such a row stays rejected.
            let impossible = key == "bigint" ? 1 : 0
            let full = try await scenario.measure("--config", config)
            #expect(full.count("rejected") == 2 + impossible, "\(full.errors)")
            scenario.servers.sandbox?.ollama[0].faults.clear()
            try await scenario.database.run("UPDATE notes SET body = 'no longer blank' WHERE tag = 5")
            let retry = try await scenario.measure("--config", config, "--retry-rejected")
            #expect(retry.status == (impossible == 0 ? 0 : 3), "\(retry.errors)")
            #expect(retry.texts == 2)
            #expect(retry.count("upserted") == 2 && retry.count("rejected") == impossible)
            try await scenario.loadPoints()
            let wrong = try await scenario.database.run(
                """
                SELECT n.body, p.payload FROM notes AS n FULL JOIN points AS p ON p.payload->>'text' = n.body
                WHERE p.payload->'tag' IS DISTINCT FROM to_jsonb(n.tag) AND n.key::text NOT LIKE '-%'
                """
            )
            #expect(wrong == "")
        }
    }

    @Test func `tells of rows without a key that nobody can find them`() async throws {
        try await withScenario(
            "CREATE TABLE notes (key text, body text); INSERT INTO notes VALUES (NULL, 'a'), ('b', 'b')"
        ) { scenario in
            let config = try scenario.file(
                "sync.yaml",
                "key: text\nquery: SELECT key AS id, body AS text, '{}'::jsonb AS payload FROM notes\n"
            )
            #expect(try await scenario.run("--config", config).status == 3)
            for _ in 0..<2 {
                let retry = try await scenario.run("--config", config, "--retry-rejected")
                #expect(retry.status == 0, "\(retry.errors)")
                #expect(retry.errors.contains("1 rows were rejected because they have no key"), "\(retry.errors)")
            }
        }
    }

    @Test func `carries over what a rebuild had to leave out`() async throws {
        try await withScenario(Self.table) { scenario in
            spoil(scenario, 7)
            let rebuild = try await scenario.measure("--rebuild")
            #expect(rebuild.status == 3, "\(rebuild.errors)")
            spoil(scenario)
            let retry = try await scenario.measure("--retry-rejected")
            #expect(retry.status == 0, "\(retry.errors)")
            #expect(retry.texts == 1 && retry.count("upserted") == 1)
            try await scenario.expectMirror()
        }
    }

    @Test func `makes no collection when there is nothing to retry`() async throws {
        try await withScenario(Self.table) { scenario in
            let retry = try await scenario.run("--retry-rejected")
            #expect(retry.status == 0, "\(retry.errors)")
            #expect(try await scenario.qdrant(.get, "").status == 404)
        }
    }
}
