import CurlHTTP
import Embedding
import Foundation
import SandboxServers
import TestSupport
import Testing

/// The embedding server takes some time for each text, so that a run is long enough to be cut off in its midst.
@Suite(
    "An interrupted sync",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct ResumeTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...400)

    private func withSlowScenario(_ body: (Scenario) async throws -> Void) async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(10)), body)
    }

    private func kill(_ scenario: Scenario, after points: Int) async throws {
        let program = try scenario.start("--batch-size", "20", "--window", "4")
        try await scenario.waitForPoints(points, of: program)
        program.send(signal: SIGKILL)
        #expect(await program.outcome().status == 128 + SIGKILL)
    }

    @Test func `goes on where it was killed, and embeds little twice`() async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(25))) { scenario in
            try await kill(scenario, after: 360)
            let outcome = try await scenario.run("--batch-size", "20", "--window", "4", "--report", scenario.reportPath)
            #expect(outcome.status == 0, "\(outcome.errors)")
            // Of the 360 rows, those of a second at 25 ms each and of 4 chunks at most, and the canaries of both runs.
            let again = (scenario.servers.sandbox?.ollama[0].stats().textsEmbedded ?? 0) - 400
            #expect(again <= 40 + 4 * 20 + 2 * Canaries.texts.count)
            try await scenario.expectMirror()

            let report = try scenario.report()
            #expect(report["attempt"] as? Int == 2)
            #expect(report["resumed_from"] is String)
            #expect(report["rows_read"] as? Int == 400)
            #expect(report["upserted"] as? Int == 400)
        }
    }

    @Test func `is stopped by SIGTERM with its work saved`() async throws {
        try await withSlowScenario { scenario in
            let program = try scenario.start("--batch-size", "20", "--window", "4")
            try await scenario.waitForPoints(100, of: program)
            program.send(signal: SIGTERM)
            let stopped = await program.outcome()
            #expect(stopped.status == 143, "\(stopped.errors)")
            let points = try await scenario.pointCount()
            #expect(points < 400)

            let outcome = try await scenario.run("--report", scenario.reportPath)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try scenario.report()["attempt"] as? Int == 2)
            // All that was in flight was finished and acknowledged: nothing is embedded twice.
            #expect(scenario.servers.sandbox?.ollama[0].stats().textsEmbedded == 400 + 2 * Canaries.texts.count)
            try await scenario.expectMirror()
        }
    }

    @Test func `is stopped by SIGINT before anything is written`() async throws {
        try await withScenario(Self.table) { scenario in
            let program = try Scenario.program.start(
                ["--wait", "60s"],
                environment: scenario.environment.merging(["QDRANT_URL": "http://127.0.0.1:9"]) { $1 }
            )
            while !program.errors.contains("waiting for the sink") { try await Task.sleep(for: .milliseconds(10)) }
            program.send(signal: SIGINT)
            let outcome = await program.outcome()
            #expect(outcome.status == 130, "\(outcome.errors)")
        }
    }

    @Test func `ends at once at the second signal`() async throws {
        try await withSlowScenario { scenario in
            let program = try scenario.start("--batch-size", "20")
            try await scenario.waitForPoints(20, of: program)
            // What is in flight would take half a minute, far longer than a test is patient.
            scenario.servers.sandbox?.ollama[0].faults.set(.init(.embed, .latency(.seconds(30))))
            program.send(signal: SIGTERM)
            while !program.errors.contains("stopping") { try await Task.sleep(for: .milliseconds(10)) }
            program.send(signal: SIGTERM)
            let began = ContinuousClock.now
            #expect(await program.outcome().status == 143)
            #expect(began.duration(to: .now) < .seconds(5))
            scenario.servers.sandbox?.ollama[0].faults.clear()
            #expect(try await scenario.run().status == 0)
            try await scenario.expectMirror()
        }
    }

    @Test func `begins anew when its collection was deleted meanwhile`() async throws {
        try await withSlowScenario { scenario in
            try await kill(scenario, after: 300)
            _ = try await scenario.qdrant(.delete, "")
            let outcome = try await scenario.run()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("not resumed: the collection is no longer there"))
            try await scenario.expectMirror()
        }
    }

    @Test func `begins anew when its collection was replaced meanwhile`() async throws {
        try await withSlowScenario { scenario in
            try await kill(scenario, after: 300)
            _ = try await scenario.qdrant(.delete, "")
            _ = try await scenario.qdrant(.put, "", #"{"vectors":{"size":768,"distance":"Cosine"}}"#)
            let outcome = try await scenario.run()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("not resumed: the collection was replaced"))
            try await scenario.expectMirror()
        }
    }

    @Test func `is not called complete when its collection was replaced under its hands`() async throws {
        try await withSlowScenario { scenario in
            let program = try scenario.start("--batch-size", "20", "--window", "4")
            try await scenario.waitForPoints(200, of: program)
            _ = try await scenario.qdrant(.delete, "")
            _ = try await scenario.qdrant(.put, "", #"{"vectors":{"size":768,"distance":"Cosine"}}"#)
            let outcome = await program.outcome()
            #expect(outcome.status == 1, "\(outcome.errors)")
            #expect(try await scenario.run().status == 0)
            try await scenario.expectMirror()
        }
    }

    @Test func `is not called complete when points were deleted meanwhile`() async throws {
        try await withSlowScenario { scenario in
            let program = try scenario.start("--batch-size", "20", "--window", "4")
            try await scenario.waitForPoints(200, of: program)
            _ = try await scenario.qdrant(.post, "/points/delete?wait=true", #"{"filter":{}}"#)
            let outcome = await program.outcome()
            #expect(outcome.status == 1, "\(outcome.errors)")
            #expect(outcome.errors.contains("of the 400 points that were stored or found"), "\(outcome.errors)")
            #expect(try await scenario.run().status == 0)
            try await scenario.expectMirror()
        }
    }

    @Test func `is not resumed against another database`() async throws {
        try await withSlowScenario { scenario in
            try await kill(scenario, after: 200)
            try await withDatabase { other in
                try await other.run(Self.table)
                let outcome = try await scenario.run(environment: ["DATABASE_URL": other.url])
                #expect(outcome.status == 1, "\(outcome.errors)")
                #expect(outcome.errors.contains("another query or database"), "\(outcome.errors)")
            }
        }
    }

    @Test func `counts its points where the collection cannot be stamped`() async throws {
        try await withScenario(
            Self.table,
            ollama: .init(serviceTime: .milliseconds(4)),
            qdrant: .init(version: "1.12.0")
        ) { scenario in
            try await kill(scenario, after: 300)
            _ = try await scenario.qdrant(.post, "/points/delete?wait=true", #"{"filter":{}}"#)
            let outcome = try await scenario.run()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("not resumed: the collection holds 0 of the"))
            try await scenario.expectMirror()
        }
    }

    @Test func `is not mixed up with another set-up`() async throws {
        try await withSlowScenario { scenario in
            try await kill(scenario, after: 100)
            let config = try scenario.file(
                "sync.yaml",
                """
                name: code_patterns
                key: uuid
                query: SELECT id, pattern_name AS text, '{}'::jsonb AS payload FROM pattern_lineage_nodes
                """
            )
            let refused = try await scenario.run("--config", config)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("had another query or database"))
            #expect(refused.errors.contains("--fresh"))
            let fresh = try await scenario.run("--config", config, "--fresh", "--report", scenario.reportPath)
            #expect(fresh.status == 0, "\(fresh.errors)")
            #expect(try scenario.report()["attempt"] as? Int == 1)
        }
    }

    @Test func `keeps a second run of the same sync out`() async throws {
        try await withSlowScenario { scenario in
            let first = try scenario.start("--batch-size", "20")
            try await scenario.waitForPoints(20, of: first)
            let sameMachine = try await scenario.run("--report", scenario.reportPath)
            #expect(sameMachine.status == 75, "\(sameMachine.errors)")
            let error = try scenario.report()["error"] as? [String: Any]
            #expect(error?["kind"] as? String == "busy")
            let otherMachine = try await scenario.run("--journal", scenario.folder + "/elsewhere")
            #expect(otherMachine.status == 75, "\(otherMachine.errors)")
            #expect(await first.outcome().status == 0)
        }
    }

    @Test func `stays resumable when an outage outlasts its patience`() async throws {
        try await withSlowScenario { scenario in
            let program = try scenario.start("--batch-size", "20", "--window", "4", "--max-outage", "300ms")
            try await scenario.waitForPoints(100, of: program)
            scenario.servers.sandbox?.ollama[0].faults.set(.init(.path("/"), .status(503)))
            let stopped = await program.outcome()
            #expect(stopped.status == 75, "\(stopped.errors)")
            scenario.servers.sandbox?.ollama[0].faults.clear()
            let outcome = try await scenario.run("--report", scenario.reportPath)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try scenario.report()["attempt"] as? Int == 2)
            try await scenario.expectMirror()
        }
    }

    @Test func `waits out an outage that ends`() async throws {
        try await withSlowScenario { scenario in
            scenario.servers.sandbox?.ollama[0].faults.set(.init(.embed, .reset, when: .share(0.3)))
            scenario.servers.sandbox?.qdrant.faults.set(.init(.upsert, .status(503), when: .first(3)))
            let outcome = try await scenario.run("--batch-size", "20", "--report", scenario.reportPath)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect((try scenario.report()["retries"] as? Int ?? 0) >= 3)
            scenario.servers.sandbox?.ollama[0].faults.clear()
            try await scenario.expectMirror()
        }
    }
}
