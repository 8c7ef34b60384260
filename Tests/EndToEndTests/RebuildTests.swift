import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite("A rebuild", .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox), .endsSomeTime)
struct RebuildTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...60)

    /// Runs `body` when the first generation is live.
    private func withFirstGeneration(
        ollama: OllamaSandbox.Configuration = .init(),
        _ body: (Scenario) async throws -> Void
    ) async throws {
        try await withScenario(Self.table, ollama: ollama) { scenario in
            let first = try await scenario.run("--rebuild")
            #expect(first.status == 0, "\(first.errors)")
            try await body(scenario)
        }
    }

    @Test func `makes the first generation where there is no collection`() async throws {
        try await withScenario(Self.table + PatternTable.nastyRows) { scenario in
            let run = try await scenario.measure("--rebuild")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.report["status"] as? String == "completed")
            #expect(run.count("rows_read") == 78)
            #expect(run.count("upserted") == 78)
            #expect(try await scenario.collections() == scenario.named("__g1"))
            #expect(try await scenario.generationStates() == ["live"])
            try await scenario.expectMirror()

            let next = try await scenario.measure("--incremental")
            #expect(next.status == 0, "\(next.errors)")
            #expect(next.count("unchanged") == 78)
            #expect(try await scenario.run("verify").status == 0)
            let found = try await scenario.run("search", "pattern", "--limit", "1", "--json")
            #expect(found.output.contains("score"), "\(found.errors)")
        }
    }

    @Test func `replaces a collection of the name only when it is told so, and takes its vectors over`() async throws {
        try await withScenario(Self.table) { scenario in
            try await scenario.run()
            let refused = try await scenario.measure("--rebuild")
            #expect(refused.status == 1)
            #expect(refused.errors.contains("--replace-collection"), "\(refused.errors)")
            #expect(try await scenario.collections() == scenario.named(""))
            let run = try await scenario.measure("--rebuild", "--replace-collection")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.texts == 0)
            #expect(run.count("reused") == 60)
            #expect(run.count("embedded") == 0)
            #expect(try await scenario.collections() == scenario.named("__g1"))
            try await scenario.expectMirror()
        }
    }

    @Test func `embeds only what the generation before has not`() async throws {
        try await withFirstGeneration { scenario in
            try await scenario.database.run(
                PatternTable.rows(61...63)
                    + """
                    UPDATE pattern_lineage_nodes SET pattern_name = 'renamed' WHERE pattern_id IN ('p-1', 'p-2');
                    UPDATE pattern_lineage_nodes SET metadata = '{"edited": 1}' WHERE pattern_id = 'p-3';
                    DELETE FROM pattern_lineage_nodes WHERE pattern_id = 'p-4';
                    """
            )
            let run = try await scenario.measure("--rebuild")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.texts == 5)
            #expect(run.count("reused") == 57)
            #expect(run.count("upserted") == 62)
            #expect(try await scenario.generations().map(\.points) == [60, 62])
            #expect(try await scenario.generationStates() == ["previous", "live"])
            try await scenario.expectMirror()
        }
    }

    @Test func `embeds everything for a model that was pulled anew, and goes back with its old one`() async throws {
        try await withFirstGeneration { scenario in
            let model = try #require(scenario.servers.sandbox?.ollama[0].model)
            model.set(revision: 1)
            #expect(try await scenario.run().status == 1)
            let run = try await scenario.measure("--rebuild")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.texts == 60)
            #expect(run.count("reused") == 0)
            try await scenario.expectMirror()
            #expect(try await scenario.run("--incremental").status == 0)

            let back = try await scenario.run("generations", "--rollback")
            #expect(back.status == 0, "\(back.errors)")
            #expect(back.errors.contains("need nomic-embed-text"), "\(back.errors)")
            #expect(try await scenario.generationStates() == ["live", "previous"])
            #expect(try await scenario.run("--incremental").status == 1)
            model.set()
            #expect(try await scenario.run("--incremental").status == 0)
            try await scenario.expectMirror()
        }
    }

    @Test func `lets another model with other dimensions take over`() async throws {
        try await withFirstGeneration { scenario in
            try await withOllamaSandbox(.init(model: "tiny", dimension: 96)) { tiny in
                let environment = ["OLLAMA_BASE_URL": tiny.url, "EMBEDDING_MODEL": "tiny"]
                let outcome = try await scenario.run("--rebuild", environment: environment)
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(try await scenario.generations().map(\.model) == ["nomic-embed-text", "tiny"])
                let next = try await scenario.run("verify", environment: environment)
                #expect(next.status == 0, "\(next.errors)")
            }
        }
    }

    @Test func `is never seen half done through the name`() async throws {
        try await withFirstGeneration(ollama: .init(serviceTime: .milliseconds(5))) { scenario in
            scenario.servers.sandbox?.ollama[0].model?.set(revision: 1)
            let program = try scenario.start("--rebuild", "--batch-size", "10")
            async let outcome = program.outcome()
            var looks = 0
            while try await scenario.pointCount("__g2") < 60 {
                let count = try await scenario.pointCount()
                #expect(count == 60)
                looks += 1
            }
            // The switch itself comes within these.
            while try await scenario.generationStates() != ["previous", "live"] {
                let count = try await scenario.pointCount()
                #expect(count == 60)
            }
            let ended = await outcome
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(looks > 3)
            #expect(try await scenario.pointCount() == 60)
        }
    }

    @Test func `puts off the indexing while it builds, and puts the threshold back`() async throws {
        try await withFirstGeneration(ollama: .init(serviceTime: .milliseconds(5))) { scenario in
            let usual = try #require(try await scenario.indexingThreshold())
            #expect(usual > 0)
            scenario.servers.sandbox?.ollama[0].model?.set(revision: 1)
            let program = try scenario.start("--rebuild", "--batch-size", "10")
            try await scenario.wait(for: program) { try await scenario.pointCount("__g2") >= 10 }
            #expect(try await scenario.indexingThreshold("__g2") == 0)
            #expect(try await scenario.indexingThreshold() == usual)
            #expect(await program.outcome().status == 0)
            #expect(try await scenario.indexingThreshold("__g2") == usual)
        }
    }

    @Test func `takes in what a sync does to the old generation meanwhile, and keeps a second rebuild out`()
        async throws
    {
        try await withFirstGeneration { scenario in
            let faults = try #require(scenario.servers.sandbox?.qdrant.faults)
            // The last row has to wait for the test; a server that asks for time is not suspected of breaking down over it.
            faults.set(
                .init(
                    .path("/collections/\(scenario.collection)__g2/points"),
                    match: Scenario.id(ofPattern: 60),
                    .status(503, headers: ["Retry-After": "1"])
                )
            )
            let program = try scenario.start("--rebuild", "--batch-size", "10")
            try await scenario.wait(for: program) { try await scenario.pointCount("__g2") == 50 }
            try await scenario.database.run(
                PatternTable.rows(61...62)
                    + """
                    UPDATE pattern_lineage_nodes SET pattern_name = 'changed meanwhile' WHERE pattern_id = 'p-1';
                    DELETE FROM pattern_lineage_nodes WHERE pattern_id = 'p-2';
                    """
            )
            let second = try await scenario.run("--rebuild")
            #expect(second.status == 75, "\(second.errors)")
            let sync = try await scenario.run("--incremental", "--prune")
            #expect(sync.status == 0, "\(sync.errors)")
            #expect(try await scenario.generationStates() == ["live", "unfinished"])
            try await scenario.expectMirror()
            faults.clear()
            let outcome = await program.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try await scenario.generationStates() == ["previous", "live"])
            try await scenario.expectMirror()
        }
    }

    @Test func `has to be run once more when a sync is under way at the moment of the switch`() async throws {
        try await withFirstGeneration { scenario in
            let faults = try #require(scenario.servers.sandbox?.qdrant.faults)
            // The sync cannot end before the test lets it.
            faults.set(
                .init(
                    .path("/collections/\(scenario.collection)__g1/points"),
                    match: #""id":"\#(Scenario.id(ofPattern: 60))""#,
                    .status(503, headers: ["Retry-After": "1"])
                )
            )
            let sync = try scenario.start("sync")
            try await scenario.wait(for: sync) { (faults.fired.first ?? 0) > 0 }
            let rebuild = try await scenario.run("--rebuild")
            #expect(rebuild.status == 75, "\(rebuild.errors)")
            #expect(try await scenario.generationStates().first == "live")
            faults.clear()
            #expect(await sync.outcome().status == 0)
            let again = try await scenario.measure("--rebuild")
            #expect(again.status == 0, "\(again.errors)")
            #expect(again.texts == 0)
            #expect(try await scenario.generationStates() == ["previous", "live"])
            try await scenario.expectMirror()
        }
    }

    @Test func `switches over when rows had to be rejected, and says so`() async throws {
        try await withScenario(Self.table) { scenario in
            scenario.servers.sandbox?.ollama[0].faults.set(.init(.embed, match: "pattern 33", .zeroVector))
            let run = try await scenario.measure("--rebuild")
            #expect(run.status == 3, "\(run.errors)")
            #expect(run.count("rejected") == 1)
            #expect(try await scenario.generationStates() == ["live"])
            #expect(try await scenario.pointCount() == 59)
        }
    }

    @Test func `drops what is not live when it is told to`() async throws {
        try await withFirstGeneration { scenario in
            for _ in 0..<2 { #expect(try await scenario.run("--rebuild").status == 0) }
            #expect(try await scenario.generationStates() == ["previous", "previous", "live"])
            #expect(try await scenario.generations("--drop").map(\.number) == [3])
            #expect(try await scenario.collections() == scenario.named("__g3"))
            let back = try await scenario.run("generations", "--rollback")
            #expect(back.status == 1)
            #expect(back.errors.contains("has no generation to go back to"), "\(back.errors)")
            try await scenario.expectMirror()
        }
    }
}
