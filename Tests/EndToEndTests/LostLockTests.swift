import Foundation
import SandboxServers
import TestSupport
import Testing

/// The embedding takes longer than the five seconds between two looks at the lock's connection.
@Suite(
    "A sync whose lock's connection breaks",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct LostLockTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...400)

    /// The backends that have a lock of a sync in the database.
    private static let holders = """
        SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """

    private func withSlowScenario(_ body: (Scenario) async throws -> Void) async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(20)), body)
    }

    @Test(arguments: Torture.isOn ? [[], ["--rebuild"]] : [[]])
    func `takes the lock again and ends exact`(_ arguments: [String]) async throws {
        try await withSlowScenario { scenario in
            let program = try Scenario.program.start(
                arguments + ["--batch-size", "20"],
                environment: scenario.environment
            )
            try await scenario.wait(for: program) { (scenario.servers.sandbox?.qdrant.stats().pointsUpserted ?? 0) > 0 }
            let before = try await scenario.database.run(Self.holders)
            try await scenario.database.run("SELECT pg_terminate_backend(pid, 10000) FROM (\(Self.holders)) AS h")
            try await scenario.wait(for: program) {
                let now = try await scenario.database.run(Self.holders)
                return !now.isEmpty && now != before
            }
            let outcome = await program.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("the lock is held again"), "\(outcome.errors)")
            try await scenario.expectMirror()
        }
    }

    @Test func `gives way to a run that took the lock meanwhile, and is resumed afterwards`() async throws {
        try await withSlowScenario { scenario in
            let program = try scenario.start("--batch-size", "20", "--report", scenario.reportPath)
            try await scenario.waitForPoints(40, of: program)
            let other = try Program("/usr/bin/env").start([
                "psql", "-X", "-q", scenario.database.url,
                "-c", "SELECT pg_terminate_backend(pid, 10000) FROM (\(Self.holders)) AS h",
                "-c",
                "SELECT pg_advisory_lock(hashtextextended('pattern-sync code_patterns.\(scenario.collection)', 0))",
                "-c", "SELECT pg_sleep(60)",
            ])
            let stopped = await program.outcome()
            #expect(stopped.status == 75, "\(stopped.errors)")
            #expect(stopped.errors.contains("another run"), "\(stopped.errors)")
            #expect(try scenario.report()["status"] as? String == "interrupted")
            let journal = try await scenario.run("journal")
            #expect(journal.output.contains("ended as interrupted"), "\(journal.output)")
            #expect(try await scenario.pointCount() < 400)
            // While the other one has it, nobody else does.
            #expect(try await scenario.run().status == 75)

            try await scenario.database.run("SELECT pg_terminate_backend(pid, 10000) FROM (\(Self.holders)) AS h")
            _ = await other.outcome()
            let resumed = try await scenario.measure()
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.count("attempt") == 2)
            #expect(resumed.report["resumed_from"] is String)
            try await scenario.expectMirror()
        }
    }
}
