import Foundation
import SandboxServers
import TestSupport
import Testing

/// Rows on which a server breaks down each time cost themselves and nothing else.
@Suite(
    "A row that breaks a server",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct PoisonTests {
    /// What Ollama answers when its runner dies over a text.
    private static let crash = FaultKind.status(
        400,
        body: #"{"error":"do embedding request: Post \"http://127.0.0.1:36139/embedding\": EOF"}"#
    )

    @Test(arguments: [[], ["--incremental"]])
    func `is found out and rejected, and all others are stored`(_ arguments: [String]) async throws {
        // Numbers beyond a double's range, and JSON that is nested deeper than Qdrant reads.
        let table =
            PatternTable.creation() + PatternTable.rows(1...30)
                + """
                UPDATE pattern_lineage_nodes SET metadata = '{"n": 1e400}' WHERE pattern_id = 'p-11';
                UPDATE pattern_lineage_nodes
                SET metadata = (repeat('{"a":', 200) || '1' || repeat('}', 200))::jsonb WHERE pattern_id = 'p-22';
                """
        try await withScenario(table) { scenario in
            let servers = try #require(scenario.servers.sandbox)
            servers.ollama[0].faults.set(.init(.embed, match: "function_7(", Self.crash))
            servers.qdrant.faults.set(.init(.upsert, match: "function_13(", .status(500)))
            let outcome = try await Scenario.program.run(
                ["sync", "--report", scenario.reportPath] + arguments,
                environment: scenario.environment
            )
            #expect(outcome.status == 3, "\(outcome.errors)")
            let rejections = try #require(try scenario.report()["rejections"] as? [[String: String]])
            let reasons = Dictionary(uniqueKeysWithValues: rejections.map { ($0["key"] ?? "", $0["reason"] ?? "") })
            #expect(Set(reasons.keys) == Set([7, 11, 13, 22].map { Scenario.id(ofPattern: $0) }))
            let crashed = try #require(reasons[Scenario.id(ofPattern: 7)])
            #expect(crashed.hasPrefix("failed 8 times while the server embedded other texts: "), "\(crashed)")
            #expect(crashed.hasSuffix("EOF"), "\(crashed)")
            let failed = try #require(reasons[Scenario.id(ofPattern: 13)])
            #expect(failed.contains("while others were stored: Qdrant: 500"), "\(failed)")
            try await scenario.loadPoints()
            #expect(try await scenario.database.run("SELECT count(*) FROM points") == "26")

            // The rows that broke the servers are taken in as soon as these are mended.
            servers.ollama[0].faults.clear()
            servers.qdrant.faults.clear()
            let mended = try await scenario.measure("--incremental")
            #expect(mended.status == 3, "\(mended.errors)")
            #expect(mended.count("rejected") == 2)
            #expect(mended.count("embedded") == 4)
            #expect(try await scenario.pointCount() == 28)
        }
    }

    @Test func `is not looked for while the server is down`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...30)) { scenario in
            let servers = try #require(scenario.servers.sandbox)
            // The rows' texts, and what it is asked to find out how it is; the canaries went before.
            servers.ollama[0].faults.set(
                .init(.embed, match: "function_", Self.crash),
                .init(.embed, match: "harmless", Self.crash)
            )
            let outcome = try await scenario.run("--max-outage", "2s")
            #expect(outcome.status == 75, "\(outcome.errors)")
            #expect(try await scenario.pointCount() == 0)
        }
    }
}
