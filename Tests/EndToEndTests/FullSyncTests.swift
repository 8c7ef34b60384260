import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite("A full sync", .enabled(if: TestDatabase.isAvailable), .endsSomeTime)
struct FullSyncTests {
    @Test func `carries every row over, each with its own text, payload and vector`() async throws {
        let table = PatternTable.creation() + PatternTable.rows(1...230) + PatternTable.nastyRows
        try await withScenario(table) { scenario in
            let outcome = try await scenario.run("--report", scenario.reportPath)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(
                outcome.output.hasPrefix("completed: 248 rows into \(scenario.collection), 248 upserted, 0 rejected")
            )
            try await scenario.expectMirror()

            let report = try scenario.report()
            #expect(report["status"] as? String == "completed")
            #expect(report["mode"] as? String == "full")
            #expect(report["rows_read"] as? Int == 248)
            #expect(report["embedded"] as? Int == 248)
            #expect(report["upserted"] as? Int == 248)
            #expect(report["rejected"] as? Int == 0)
            #expect(report["attempt"] as? Int == 1)
            #expect(report["resumed_from"] is NSNull)
            #expect(report["error"] is NSNull)
        }
    }

    @Test func `reports under the names that others rely on`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...3)) { scenario in
            let outcome = try await scenario.run("--report", "-")
            let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
            #expect(
                report?.keys.sorted() == [
                    "attempt", "bottleneck", "collection", "concurrency_reached", "cpu_seconds", "deleted", "dimension",
                    "duration_seconds", "embed_requests", "embedded", "endpoints", "error", "index_seconds", "mode",
                    "model",
                    "payload_updated",
                    "peak_rss_bytes", "rejected", "rejections", "resumed_from", "retries", "reused", "rows_per_second",
                    "rows_read", "stale", "status", "truncated", "truncated_rows", "unchanged", "upsert_requests",
                    "upserted",
                ]
            )
            #expect(report?["collection"] as? String == scenario.collection)
            let endpoints = report?["endpoints"] as? [[String: Any]]
            #expect(
                endpoints?.map { $0.keys.sorted() } == [
                    ["concurrency", "embed_batch", "failures", "name", "requests", "texts", "texts_per_second"]
                ]
            )
            #expect(endpoints?.first?["texts"] as? Int == 3)
        }
    }

    @Test func `works where the table has no file path`() async throws {
        let table =
            PatternTable.creation(hasFilePath: false)
                + """
                INSERT INTO pattern_lineage_nodes (pattern_id, pattern_name, pattern_type, pattern_data, language)
                VALUES ('a', 'one', 'code', '{"code": "x = 1"}', 'python'), ('b', 'two', 'code', '{}', NULL);
                """
        try await withScenario(table) { scenario in
            let outcome = try await scenario.run()
            #expect(outcome.status == 0, "\(outcome.errors)")
            try await scenario.expectMirror()
        }
    }

    @Test func `changes nothing but the timestamp when it is run again`() async throws {
        let table = PatternTable.creation() + PatternTable.rows(1...150) + PatternTable.nastyRows
        try await withScenario(table) { scenario in
            try await scenario.run()
            try await scenario.loadPoints()
            try await scenario.database.run("CREATE TABLE before AS SELECT * FROM points")
            let outcome = try await scenario.run()
            #expect(outcome.status == 0, "\(outcome.errors)")
            try await scenario.loadPoints()
            let changed = try await scenario.database.run(
                """
                SELECT id FROM before FULL JOIN points USING (id)
                WHERE before.payload - 'sync_timestamp' IS DISTINCT FROM points.payload - 'sync_timestamp'
                   OR before.vector IS DISTINCT FROM points.vector
                """
            )
            #expect(changed == "")
        }
    }

    @Test func `takes an empty table for what it is`() async throws {
        try await withScenario(PatternTable.creation()) { scenario in
            let outcome = try await scenario.run()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try await scenario.pointCount() == 0)
        }
    }

    @Test func `stops after as many rows as it is limited to`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...250)) { scenario in
            let outcome = try await scenario.run("--limit", "130")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try await scenario.pointCount() == 130)
        }
    }

    @Test(.enabled(if: TestServers.areSandbox))
    func `shares the texts out among several servers`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...400), count: 3) { scenario in
            let outcome = try await scenario.run("--embed-batch", "8")
            #expect(outcome.status == 0, "\(outcome.errors)")
            try await scenario.expectMirror()
            for server in scenario.servers.sandbox?.ollama ?? [] { #expect(server.stats().textsEmbedded > 50) }
        }
    }
}

@Suite("The OpenAI dialect", .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox), .endsSomeTime)
struct OpenAIDialectTests {
    @Test func `gives the same mirror`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...120) + PatternTable.nastyRows) {
            scenario in
            let outcome = try await scenario.run(environment: ["EMBEDDING_PROVIDER": "openai"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            try await scenario.expectMirror()
        }
    }
}

@Suite("A query of one's own", .enabled(if: TestDatabase.isAvailable), .endsSomeTime)
struct OwnQueryTests {
    @Test func `is mirrored by numbers`() async throws {
        let table = """
            CREATE TABLE notes (number bigint PRIMARY KEY, body text, tags jsonb);
            INSERT INTO notes SELECT i * 1000000007::bigint, 'note number ' || i, jsonb_build_array(i, 'tag') FROM generate_series(0, 210) AS i;
            """
        try await withScenario(table) { scenario in
            let outcome = try await scenario.run(
                "--config",
                try scenario.file(
                    "sync.yaml",
                    """
                    name: notes
                    key: bigint
                    batch_size: 20
                    query: |
                      SELECT number AS id, body AS text, jsonb_build_object('tags', tags, 'body', body) AS payload
                      FROM notes;
                    """
                )
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            try await scenario.loadPoints()
            let wrong = try await scenario.database.run(
                """
                SELECT n.number, p.id FROM notes AS n FULL JOIN points AS p ON p.id = n.number::text
                WHERE p.payload->>'text' IS DISTINCT FROM n.body OR p.payload->'tags' IS DISTINCT FROM n.tags
                   OR p.payload#>>'{_sync,source}' IS DISTINCT FROM 'notes' OR p.payload->'_sync' ? 'key'
                """
            )
            #expect(wrong == "")
        }
    }

    @Test func `is mirrored by texts, which points keep beside their own ids`() async throws {
        let table = """
            CREATE TABLE pages (slug text PRIMARY KEY, body text);
            INSERT INTO pages VALUES ('a', 'first'), ('B', 'second'), ('ä/ö "q" \\', 'third'), ('👍', 'fourth'), ('', 'empty key');
            """
        try await withScenario(table) { scenario in
            let outcome = try await scenario.run(
                "--config",
                try scenario.file(
                    "sync.yaml",
                    """
                    key: text
                    query: SELECT slug AS id, body AS text, '{}'::jsonb AS payload FROM pages
                    """
                )
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            try await scenario.loadPoints()
            let wrong = try await scenario.database.run(
                """
                SELECT slug, payload FROM pages FULL JOIN points ON payload#>>'{_sync,key}' = slug
                WHERE body IS DISTINCT FROM payload->>'text' OR id !~ '^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
                """
            )
            #expect(wrong == "")
        }
    }

    @Test func `loses nothing over rows that cannot be carried over`() async throws {
        let table = """
            CREATE TABLE items (number bigint, body text, data jsonb);
            INSERT INTO items SELECT i, 'item ' || i, '{}' FROM generate_series(1, 150) AS i;
            INSERT INTO items VALUES (-1, 'negative', '{}'), (NULL, 'keyless', '{}'), (NULL, 'keyless too', '{}'),
                (1001, '  ', '{}'), (1002, NULL, '{}'), (1003, 'no object', '[]'), (1004, 'no payload', NULL);
            """
        try await withScenario(table) { scenario in
            let config = try scenario.file(
                "sync.yaml",
                """
                key: bigint
                query: SELECT number AS id, body AS text, data AS payload FROM items
                """
            )
            let outcome = try await scenario.run("--config", config, "--report", scenario.reportPath)
            #expect(outcome.status == 3, "\(outcome.errors)")
            #expect(try await scenario.pointCount() == 150)
            #expect(try scenario.report()["rejected"] as? Int == 7)
            #expect(try scenario.report()["status"] as? String == "completed_with_rejects")

            let journal = try await scenario.run("journal", "--config", config, "--json")
            let reasons = journal.output.split(separator: "\n").filter { $0.contains("\"event\":\"rejected\"") }
            #expect(reasons.count == 6, "\(journal.output)")

            let allowed = try await scenario.run("--config", config, "--allow-rejects", "7")
            #expect(allowed.status == 0, "\(allowed.errors)")
            let tooMany = try await scenario.run("--config", config, "--max-rejects", "3")
            #expect(tooMany.status == 1, "\(tooMany.errors)")
        }
    }
}

extension Scenario {
    /// Writes a file into the scenario's folder.
    func file(_ name: String, _ text: String) throws -> String {
        let path = folder + "/" + name
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
