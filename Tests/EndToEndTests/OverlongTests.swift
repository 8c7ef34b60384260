import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite(
    "A text longer than the model's context",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct OverlongTests {
    /// 30 rows of a few words, of which two would not fit.
    private func withLongScenario(_ body: (Scenario) async throws -> Void) async throws {
        let table =
            PatternTable.creation() + PatternTable.rows(1...30)
                + """
                UPDATE pattern_lineage_nodes SET pattern_data = jsonb_build_object('code', repeat('é() ', 125))
                WHERE pattern_id IN ('p-11', 'p-22');
                """
        try await withScenario(table, ollama: .init(contextLength: 200), body)
    }

    private static let long = [11, 22].map { Scenario.id(ofPattern: $0) }

    @Test(arguments: [[], ["--incremental"], ["--rebuild"]])
    func `is cut, counted, named in the report and marked`(_ arguments: [String]) async throws {
        try await withLongScenario { scenario in
            let outcome = try await Scenario.program.run(
                ["sync", "--report", scenario.reportPath] + arguments,
                environment: scenario.environment
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("2 texts were cut to the model's context"), "\(outcome.output)")
            let report = try scenario.report()
            #expect(report["truncated"] as? Int == 2)
            #expect((report["truncated_rows"] as? [String])?.sorted() == Self.long)
            #expect((report["rejections"] as? [Any])?.isEmpty == true)
            try await scenario.loadPoints()
            #expect(
                try await scenario.database.run(
                    "SELECT id FROM points WHERE payload#>'{_sync,truncated}' = 'true' ORDER BY id"
                ) == Self.long.joined(separator: "\n")
            )
            #expect(
                try await scenario.database.run("SELECT count(*) FROM points WHERE payload->>'text' LIKE '%é() '")
                    == "2"
            )
        }
    }

    @Test func `that was cut is not embedded again while it stays the same`() async throws {
        try await withLongScenario { scenario in
            try await scenario.run()
            let idle = try await scenario.measure("--incremental")
            #expect(idle.status == 0, "\(idle.errors)")
            #expect(idle.texts == 0)
            #expect(idle.count("unchanged") == 30)
            #expect(try await scenario.run("verify", "--sample", "30").status == 0)
            try await scenario.database.run(
                "UPDATE pattern_lineage_nodes SET metadata = '{}' WHERE pattern_id = 'p-11'"
            )
            let payload = try await scenario.measure("--incremental")
            #expect(payload.texts == 0)
            #expect(payload.count("payload_updated") == 1)
            try await scenario.loadPoints()
            #expect(
                try await scenario.database.run(
                    "SELECT count(*) FROM points WHERE payload#>'{_sync,truncated}' = 'true'"
                )
                    == "2"
            )
        }
    }

    @Test func `is rejected instead when it is told to, with its reason in the report`() async throws {
        try await withLongScenario { scenario in
            let run = try await scenario.measure("--overlong", "reject")
            #expect(run.status == 3, "\(run.errors)")
            #expect(run.report["status"] as? String == "completed_with_rejects")
            #expect(run.count("rejected") == 2)
            #expect(run.count("truncated") == 0)
            let rejections = try #require(run.report["rejections"] as? [[String: String]])
            #expect(rejections.compactMap { $0["key"] }.sorted() == Self.long)
            for rejection in rejections { #expect(rejection["reason"]?.contains("context") == true, "\(rejection)") }
            #expect(try await scenario.pointCount() == 28)
            let allowed = try await scenario.measure("--overlong", "reject", "--allow-rejects", "2")
            #expect(allowed.status == 0, "\(allowed.errors)")
        }
    }

    @Test func `is not cut in other places than those that are there`() async throws {
        try await withLongScenario { scenario in
            try await scenario.run()
            let refused = try await scenario.run("--overlong", "reject")
            #expect(refused.status == 1)
            #expect(refused.errors.contains("under another --overlong or context length"), "\(refused.errors)")
            #expect(refused.errors.contains("--rebuild"))
        }
    }

    @Test func `is embedded anew by a rebuild, which takes the others over`() async throws {
        try await withLongScenario { scenario in
            #expect(try await scenario.run("--rebuild").status == 0)
            let run = try await scenario.measure("--rebuild")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.count("reused") == 28)
            #expect(run.count("truncated") == 2)
            #expect(run.count("embedded") == 2)
        }
    }
}
