import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

/// Before 1.16 collections cannot say which vectors they hold, nor whether they are complete.
@Suite(
    "A rebuild in a Qdrant without metadata",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct RebuildOldQdrantTests {
    private func withOldScenario(_ body: (Scenario) async throws -> Void) async throws {
        try await withScenario(
            PatternTable.creation() + PatternTable.rows(1...60),
            ollama: .init(serviceTime: .milliseconds(2)),
            qdrant: .init(version: "1.15.0")
        ) { scenario in
            #expect(try await scenario.run().status == 0)
            try await body(scenario)
        }
    }

    @Test func `lets syncs go on with the model that it has changed to`() async throws {
        try await withOldScenario { scenario in
            let model = try #require(scenario.servers.sandbox?.ollama[0].model)
            model.set(revision: 1)
            #expect(try await scenario.run("--incremental").status == 1)
            let run = try await scenario.measure("--rebuild", "--replace-collection")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.count("embedded") == 60)
            let next = try await scenario.measure("--incremental")
            #expect(next.status == 0, "\(next.errors)")
            #expect(next.count("unchanged") == 60)
            model.set()
            #expect(try await scenario.run("--incremental").status == 1)
            model.set(revision: 1)
            #expect(try await scenario.run().status == 0)
            try await scenario.expectMirror()
        }
    }

    @Test func `goes back, and lets syncs go on with the model before`() async throws {
        try await withOldScenario { scenario in
            #expect(try await scenario.run("--rebuild", "--replace-collection").status == 0)
            let model = try #require(scenario.servers.sandbox?.ollama[0].model)
            model.set(revision: 1)
            #expect(try await scenario.run("--rebuild").status == 0)
            let usual = try await scenario.indexingThreshold()
            #expect((usual ?? 0) > 0)
            let back = try await scenario.run("generations", "--rollback")
            #expect(back.status == 0, "\(back.errors)")
            #expect(try await scenario.generations().first?.state == "live")
            let refused = try await scenario.run("--incremental")
            #expect(refused.status == 1, "\(refused.errors)")
            model.set()
            let next = try await scenario.run("--incremental")
            #expect(next.status == 0, "\(next.errors)")
            try await scenario.expectMirror()
        }
    }

    @Test func `is not needed where the collection of the other model was deleted by hand`() async throws {
        try await withOldScenario { scenario in
            _ = try await scenario.qdrant(.delete, "")
            scenario.servers.sandbox?.ollama[0].model?.set(vectorsVersion: 1)
            for _ in 0..<2 {
                let outcome = try await scenario.run()
                #expect(outcome.status == 0, "\(outcome.errors)")
            }
            try await scenario.expectMirror()
        }
    }

    @Test func `goes on where it was killed`() async throws {
        try await withOldScenario { scenario in
            let faults = try #require(scenario.servers.sandbox?.qdrant.faults)
            let last = Scenario.id(ofPattern: 60)
            faults.set(
                .init(
                    .path("/collections/\(scenario.collection)__g1/points"),
                    match: last,
                    .status(503, headers: ["Retry-After": "1"])
                )
            )
            let program = try scenario.start("--rebuild", "--replace-collection", "--batch-size", "10")
            try await scenario.wait(for: program) { try await scenario.pointCount("__g1") == 50 }
            program.send(signal: SIGKILL)
            _ = await program.outcome()
            faults.clear()
            let run = try await scenario.measure("--rebuild", "--replace-collection")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try await scenario.collections() == scenario.named("__g1"))
            #expect((try await scenario.indexingThreshold() ?? 0) > 0)
            try await scenario.expectMirror()
        }
    }
}
