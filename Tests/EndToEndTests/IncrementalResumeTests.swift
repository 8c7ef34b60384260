import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite(
    "An incremental sync beside interrupted runs",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct IncrementalResumeTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...300)

    private func kill(_ scenario: Scenario, _ arguments: String..., after points: Int) async throws {
        let program = try Scenario.program.start(
            arguments + ["--batch-size", "10", "--window", "2"],
            environment: scenario.environment
        )
        try await scenario.waitForPoints(points, of: program)
        program.send(signal: SIGKILL)
        #expect(await program.outcome().status == 128 + SIGKILL)
    }

    @Test func `goes on where it was killed and ends exact`() async throws {
        // Digests come a thousand at a time, so that there is no mark before.
        let table = PatternTable.creation() + PatternTable.rows(1...2_300)
        try await withScenario(table, ollama: .init(serviceTime: .milliseconds(1))) { scenario in
            try await kill(scenario, "--incremental", after: 2_150)
            try await scenario.database.run(
                "UPDATE pattern_lineage_nodes SET pattern_name = 'behind the mark' WHERE pattern_id = 'p-1'"
            )
            let run = try await scenario.measure("--incremental")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.count("attempt") == 2)
            #expect(run.report["resumed_from"] is String)
            #expect(run.texts < 300)
            try await scenario.expectMirror()
        }
    }

    @Test func `runs after an interrupted full sync, whose mark it leaves`() async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(5))) { scenario in
            try await kill(scenario, after: 250)
            try await scenario.database.run(
                "UPDATE pattern_lineage_nodes SET pattern_name = 'renamed' WHERE pattern_id = 'p-2'"
            )
            let incremental = try await scenario.measure("--incremental")
            #expect(incremental.status == 0, "\(incremental.errors)")
            #expect(incremental.count("attempt") == 1)
            try await scenario.expectMirror()
            let full = try await scenario.measure()
            #expect(full.status == 0, "\(full.errors)")
            #expect(full.count("attempt") == 2)
            #expect(full.report["resumed_from"] is String)
            #expect(full.texts < 300)
            try await scenario.expectMirror()
        }
    }

    @Test func `is what a resumed full sync ends with: rows behind its mark are there`() async throws {
        let table = PatternTable.creation() + PatternTable.rows(11...300)
        try await withScenario(table, ollama: .init(serviceTime: .milliseconds(10))) { scenario in
            try await kill(scenario, after: 250)
            try await scenario.database.run(
                PatternTable.rows(1...2)
                    + """
                    UPDATE pattern_lineage_nodes SET pattern_name = 'renamed' WHERE pattern_id = 'p-11';
                    UPDATE pattern_lineage_nodes SET metadata = '{"edited": 1}' WHERE pattern_id = 'p-12';
                    """
            )
            let run = try await scenario.measure()
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.count("attempt") == 2)
            #expect(run.report["resumed_from"] is String)
            try await scenario.expectMirror()
        }
    }

    @Test func `begins anew when its collection is gone`() async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(10))) { scenario in
            try await kill(scenario, "--incremental", "--deep", after: 200)
            _ = try await scenario.qdrant(.delete, "")
            let run = try await scenario.measure("--incremental")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.count("attempt") == 1)
            #expect(run.count("embedded") == 300)
            try await scenario.expectMirror()
        }
    }
}
