import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite("A prune", .enabled(if: TestDatabase.isAvailable), .endsSomeTime)
struct PruneTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...100)

    private func withSyncedScenario(deleting condition: String, _ body: (Scenario) async throws -> Void) async throws {
        try await withScenario(Self.table) { scenario in
            let first = try await scenario.run()
            #expect(first.status == 0, "\(first.errors)")
            try await scenario.database.run("DELETE FROM pattern_lineage_nodes WHERE \(condition)")
            try await body(scenario)
        }
    }

    @Test(arguments: [["--prune"], ["--prune", "--incremental"]])
    func `deletes points whose row is gone`(_ arguments: [String]) async throws {
        try await withSyncedScenario(deleting: "pattern_id IN ('p-1', 'p-50', 'p-100')") { scenario in
            let outcome = try await Scenario.program.run(
                arguments + ["--report", scenario.reportPath],
                environment: scenario.environment
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            let report = try scenario.report()
            #expect(report["stale"] as? Int == 3)
            #expect(report["deleted"] as? Int == 3)
            #expect(outcome.output.contains("3 points without a row were deleted"))
            try await scenario.expectMirror()
        }
    }

    @Test func `deletes points of rows that the query yields no more`() async throws {
        try await withScenario(Self.table) { scenario in
            try await scenario.run()
            try await scenario.database.run(
                "UPDATE pattern_lineage_nodes SET pattern_type = 'architecture' WHERE pattern_id IN ('p-4', 'p-5')"
            )
            let run = try await scenario.measure("--prune", "--incremental")
            #expect(run.count("deleted") == 2)
            try await scenario.expectMirror()
        }
    }

    @Test func `stops at more than ten points and a tenth of all, unless it is told how many`() async throws {
        try await withSyncedScenario(deleting: "id <= '\(Scenario.id(ofPattern: 20))'") { scenario in
            let braked = try await scenario.measure("--prune", "--incremental")
            #expect(braked.status == 1)
            #expect(braked.errors.contains("20 of 100 points have no row any more"), "\(braked.errors)")
            #expect(braked.errors.contains("--prune-limit 20"))
            #expect(try await scenario.pointCount() == 100)
            let tooFew = try await scenario.measure("--prune", "--prune-limit", "19", "--incremental")
            #expect(tooFew.status == 1)
            #expect(tooFew.errors.contains("more than the 19 that --prune-limit allows"), "\(tooFew.errors)")
            #expect(try await scenario.pointCount() == 100)
            let enough = try await scenario.measure("--prune", "--prune-limit", "20", "--incremental")
            #expect(enough.status == 0, "\(enough.errors)")
            #expect(enough.count("deleted") == 20)
            try await scenario.expectMirror()
        }
    }

    @Test func `does not take an emptied table at its word`() async throws {
        try await withSyncedScenario(deleting: "true") { scenario in
            let braked = try await scenario.measure("--prune")
            #expect(braked.status == 1, "\(braked.errors)")
            #expect(try await scenario.pointCount() == 100)
        }
    }

    @Test func `leaves points of nobody`() async throws {
        try await withSyncedScenario(deleting: "pattern_id = 'p-1'") { scenario in
            let vector = "[1\(String(repeating: ",0", count: 767))]"
            _ = try await scenario.qdrant(
                .put,
                "/points?wait=true",
                #"{"points":[{"id":"11111111-1111-4111-8111-111111111111","vector":\#(vector),"payload":{"mine":1}}]}"#
            )
            let run = try await scenario.measure("--prune", "--incremental")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.count("deleted") == 1)
            #expect(try await scenario.pointCount() == 100)
            #expect(
                try await scenario.qdrant(.get, "/points/11111111-1111-4111-8111-111111111111").status == 200
            )
        }
    }

    @Test func `never reaches points of another sync`() async throws {
        try await withSyncedScenario(deleting: "pattern_id = 'p-1'") { scenario in
            let vector = "[1\(String(repeating: ",0", count: 767))]"
            _ = try await scenario.qdrant(
                .put,
                "/points?wait=true",
                #"{"points":[{"id":"11111111-1111-4111-8111-111111111111","vector":\#(vector),"payload":{"_sync":{"source":"others"}}}]}"#
            )
            let run = try await scenario.measure("--prune", "--incremental")
            #expect(run.status == 1)
            #expect(run.errors.contains("holds points of the sync 'others' (1)"), "\(run.errors)")
            #expect(try await scenario.pointCount() == 101)
        }
    }

    @Test(.enabled(if: TestServers.areSandbox))
    func `keeps the point of a row that was committed after it was counted as gone`() async throws {
        try await withSyncedScenario(deleting: "pattern_id IN ('p-1', 'p-2')") { scenario in
            let faults = try #require(scenario.servers.sandbox?.qdrant.faults)
            // Both looks through the points, the one that counts and the one that deletes, are slow to come.
            faults.set(
                .init(
                    .path("/collections/\(scenario.collection)/points/scroll"),
                    match: "_sync.key",
                    .latency(.seconds(1))
                )
            )
            let program = try scenario.start("--prune", "--incremental", "--report", scenario.reportPath)
            try await scenario.wait(for: program) { faults.fired == [2] }
            try await scenario.database.run(PatternTable.rows(2...2))
            let outcome = await program.outcome()
            faults.clear()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try scenario.report()["stale"] as? Int == 2)
            #expect(try scenario.report()["deleted"] as? Int == 1)
            try await scenario.expectMirror()
        }
    }

    @Test func `is refused beside a limit`() async throws {
        try await withSyncedScenario(deleting: "false") { scenario in
            let outcome = try await scenario.run("--prune", "--limit", "10")
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("--limit"), "\(outcome.errors)")
            #expect(try await scenario.pointCount() == 100)
        }
    }
}
