import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite(
    "An incremental sync",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct IncrementalTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...60)

    /// Runs `body` when all rows have their points.
    private func withSyncedScenario(_ body: (Scenario) async throws -> Void) async throws {
        try await withScenario(Self.table) { scenario in
            let first = try await scenario.run()
            #expect(first.status == 0, "\(first.errors)")
            try await body(scenario)
        }
    }

    @Test func `fills a collection that is not there yet`() async throws {
        try await withScenario(Self.table + PatternTable.nastyRows) { scenario in
            let run = try await scenario.measure("--incremental")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.report["mode"] as? String == "incremental")
            #expect(run.count("rows_read") == 78)
            #expect(run.count("upserted") == 78)
            #expect(run.count("unchanged") == 0)
            try await scenario.expectMirror()
        }
    }

    @Test func `embeds and writes nothing where nothing has changed`() async throws {
        try await withScenario(Self.table + PatternTable.nastyRows) { scenario in
            try await scenario.run()
            scenario.servers.sandbox?.qdrant.resetStats()
            let run = try await scenario.measure("--incremental")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.texts == 0)
            #expect(run.count("unchanged") == 78)
            #expect(run.count("upserted") == 0)
            #expect(run.count("payload_updated") == 0)
            #expect(run.count("stale") == 0)
            #expect(scenario.servers.sandbox?.qdrant.stats().pointsUpserted == 0)
            try await scenario.expectMirror()
        }
    }

    @Test func `embeds what is new or has another text, and replaces payloads of the rest that changed`() async throws {
        try await withSyncedScenario { scenario in
            try await scenario.database.run(
                PatternTable.rows(61...64)
                    + """
                    UPDATE pattern_lineage_nodes SET pattern_name = 'renamed ' || pattern_name WHERE pattern_id IN ('p-7', 'p-8');
                    UPDATE pattern_lineage_nodes SET metadata = '{"edited": true}' WHERE pattern_id IN ('p-1', 'p-2', 'p-3');
                    """
            )
            let run = try await scenario.measure("--incremental")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.texts == 4 + 2)
            #expect(run.count("rows_read") == 64)
            #expect(run.count("embedded") == 6)
            #expect(run.count("upserted") == 6)
            #expect(run.count("payload_updated") == 3)
            #expect(run.count("unchanged") == 55)
            try await scenario.expectMirror()
        }
    }

    @Test func `counts points whose row is gone, and leaves them`() async throws {
        try await withSyncedScenario { scenario in
            try await scenario.database.run("DELETE FROM pattern_lineage_nodes WHERE pattern_id IN ('p-5', 'p-6')")
            let run = try await scenario.measure("--incremental")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.count("stale") == 2)
            #expect(run.count("deleted") == 0)
            #expect(run.outcome.output.contains("2 points have no row any more: --prune deletes them"))
            #expect(try await scenario.pointCount() == 60)
        }
    }

    @Test func `brings back points that were deleted by hand, and needs no journal for it`() async throws {
        try await withSyncedScenario { scenario in
            try await scenario.deletePoints(ofPatterns: 11...13)
            try FileManager.default.removeItem(atPath: scenario.journal)
            let run = try await scenario.measure("--incremental")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.texts == 3)
            #expect(run.count("upserted") == 3)
            #expect(run.count("attempt") == 1)
            try await scenario.expectMirror()
        }
    }

    @Test func `finds payloads that were edited by hand only when it compares values`() async throws {
        try await withSyncedScenario { scenario in
            try await scenario.editPayload(ofPattern: 9, #"{"language":"klingon"}"#)
            let trusting = try await scenario.measure("--incremental")
            #expect(trusting.status == 0, "\(trusting.errors)")
            #expect(trusting.count("unchanged") == 60)
            let deep = try await scenario.measure("--incremental", "--deep")
            #expect(deep.status == 0, "\(deep.errors)")
            #expect(deep.count("payload_updated") == 1)
            #expect(deep.count("unchanged") == 59)
            #expect(deep.texts == 0)
            try await scenario.expectMirror()
        }
    }

    @Test func `of a part of the rows leaves the others alone`() async throws {
        try await withScenario(Self.table) { scenario in
            let run = try await scenario.measure("--incremental", "--limit", "25")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try await scenario.pointCount() == 25)
            let rest = try await scenario.measure("--incremental")
            #expect(rest.texts == 35)
            #expect(rest.count("stale") == 0)
            try await scenario.expectMirror()
        }
    }

    @Test func `catches up what was committed behind a full sync's reading`() async throws {
        try await withScenario(
            PatternTable.creation() + PatternTable.rows(11...120),
            ollama: .init(serviceTime: .milliseconds(10))
        ) { scenario in
            let program = try scenario.start("--batch-size", "10", "--window", "2", "--snapshot-window", "50ms")
            try await scenario.waitForPoints(30, of: program)
            try await scenario.database.run(
                PatternTable.rows(1...3)
                    + "UPDATE pattern_lineage_nodes SET pattern_name = 'renamed' WHERE pattern_id IN ('p-11', 'p-12')"
            )
            let outcome = await program.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("at the end all rows were compared with their points once more"))
            try await scenario.expectMirror()
        }
    }
}
