import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite(
    "A collection that the old script filled",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct AdoptionTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...60)
    /// So many stored texts are embedded again at most, to see whether the vectors are of this model.
    private static let sample = 10

    private func withOldScenario(_ body: (Scenario) async throws -> Void) async throws {
        try await withScenario(Self.table) { scenario in
            try await scenario.runOldScript()
            #expect(try await scenario.pointCount() == 60)
            try await body(scenario)
        }
    }

    @Test(arguments: [[], ["--incremental"], ["--incremental", "--deep"]])
    func `is taken over without being embedded again`(_ arguments: [String]) async throws {
        try await withOldScenario { scenario in
            let before = scenario.textsEmbedded
            let outcome = try await Scenario.program.run(
                ["sync", "--report", scenario.reportPath] + arguments,
                environment: scenario.environment
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("60 points bear nobody's name"))
            #expect(scenario.textsEmbedded - before <= 3 + Self.sample)
            let report = try scenario.report()
            #expect(report["embedded"] as? Int == 0)
            #expect(report["upserted"] as? Int == 0)
            #expect(report["payload_updated"] as? Int == 60)
            try await scenario.expectMirror()

            let next = try await scenario.measure("--incremental", "--deep")
            #expect(next.status == 0, "\(next.errors)")
            #expect(next.texts == 0)
            #expect(next.count("unchanged") == 60)
        }
    }

    @Test func `is embedded only where rows have another text by now, or are new`() async throws {
        try await withOldScenario { scenario in
            try await scenario.database.run(
                PatternTable.rows(61...63)
                    + """
                    UPDATE pattern_lineage_nodes SET pattern_name = 'renamed' WHERE pattern_id IN ('p-1', 'p-40');
                    UPDATE pattern_lineage_nodes SET metadata = '{"edited": 1}' WHERE pattern_id = 'p-2';
                    """
            )
            let dry = try await scenario.measure("--dry-run", "--incremental")
            #expect(dry.would("insert") == 3)
            #expect(dry.would("update") == 2)
            #expect(dry.would("payload_update") == 58)
            let run = try await scenario.measure()
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.count("embedded") == 5)
            #expect(run.count("payload_updated") == 58)
            try await scenario.expectMirror()
        }
    }

    @Test(arguments: [[], ["--incremental"], ["--dry-run"]])
    func `is refused, and stays as it is, when another model has filled it`(_ arguments: [String]) async throws {
        try await withScenario(Self.table) { scenario in
            let model = try #require(scenario.servers.sandbox?.ollama[0].model)
            model.set(vectorsVersion: 1)
            try await scenario.runOldScript()
            model.set()
            try await scenario.loadPoints()
            try await scenario.database.run("CREATE TABLE before AS SELECT * FROM points")
            let outcome = try await Scenario.program.run(["sync"] + arguments, environment: scenario.environment)
            #expect(outcome.status == 1)
            #expect(
                outcome.errors.contains("points that bear nobody's name have other vectors than this model makes"),
                "\(outcome.errors)"
            )
            #expect(outcome.errors.contains("--rebuild"))
            try await scenario.loadPoints()
            #expect(try await scenario.database.run("SELECT * FROM before EXCEPT SELECT * FROM points") == "")
        }
    }

    @Test func `keeps points of nobody that are of no row`() async throws {
        try await withOldScenario { scenario in
            let id = "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee"
            try await scenario.putPoint(id, #"{"text":"somebody's","mine":1}"#)
            let run = try await scenario.measure("--prune")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.count("payload_updated") == 60)
            #expect(run.count("deleted") == 0)
            #expect(try await scenario.pointCount() == 61)
            #expect(try await scenario.qdrant(.get, "/points/\(id)").status == 200)
            let (status, verdict) = try await scenario.verify()
            #expect(status == 0)
            #expect(verdict["points"] as? Int == 60)
            #expect(verdict["unmarked_points"] as? Int == 1)
        }
    }

    @Test func `is found to lack nothing but the name, and is given it by a repair`() async throws {
        try await withOldScenario { scenario in
            let (status, verdict) = try await scenario.verify()
            #expect(status == 4)
            #expect(verdict["unclaimed"] as? Int == 60)
            #expect(verdict["missing"] as? Int == 0)
            let (repaired, after) = try await scenario.verify("--repair")
            #expect(repaired == 0)
            #expect(after["unclaimed"] as? Int == 0)
            try await scenario.expectMirror()
        }
    }

    @Test func `goes on being taken over after it was interrupted`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...300)) { scenario in
            try await scenario.runOldScript()
            let faults = try #require(scenario.servers.sandbox?.qdrant.faults)
            faults.set(.init(.path("/collections/\(scenario.collection)/points/batch"), .latency(.milliseconds(60))))
            let program = try scenario.start("--batch-size", "10", "--window", "1")
            try await scenario.wait(for: program) { (faults.fired.first ?? 0) >= 10 }
            program.send(signal: SIGKILL)
            #expect(await program.outcome().status == 128 + SIGKILL)
            faults.clear()
            let run = try await scenario.measure()
            #expect(run.status == 0, "\(run.errors)")
            // Hardly more than what had got its name behind the last checkpoint.
            #expect(run.texts < 200)
            try await scenario.expectMirror()
        }
    }
}
