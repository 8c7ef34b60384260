import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite(
    "An interrupted rebuild",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct RebuildResumeTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...150)

    /// Runs `body` when the first generation is live, and the next one takes some time.
    private func withSlowScenario(_ body: (Scenario) async throws -> Void) async throws {
        try await withScenario(
            Self.table,
            ollama: .init(serviceTime: .milliseconds(10)),
            qdrant: .init(indexingTime: .milliseconds(700))
        ) { scenario in
            let first = try await scenario.run("--rebuild")
            #expect(first.status == 0, "\(first.errors)")
            scenario.servers.sandbox?.ollama[0].model?.set(revision: 1)
            try await body(scenario)
        }
    }

    enum Moment: CaseIterable {
        case creating, indexingPutOff, filling, filled, indexing, comparing, switching
    }

    /// Kills a rebuild at the moment.
    private func kill(_ scenario: Scenario, at moment: Moment) async throws {
        let faults = try #require(scenario.servers.sandbox?.qdrant.faults)
        let name = "\(scenario.collection)__g2"
        let waits = Duration.seconds(20)
        switch moment {
        case .creating: faults.set(.init(.path("/collections/\(name)/index"), .latency(waits)))
        case .indexingPutOff:
            faults.set(.init(.path("/collections/\(name)"), match: #""indexing_threshold":0"#, .latency(waits)))
        case .filling, .filled, .indexing: break
        case .comparing: faults.set(.init(.path("/collections/\(name)"), match: #""ids":"#, .latency(waits)))
        case .switching: faults.set(.init(.path("/collections/aliases"), .latency(waits)))
        }
        let program = try scenario.start("--rebuild", "--batch-size", "10", "--window", "2")
        try await scenario.wait(for: program) {
            switch moment {
            case .creating, .indexingPutOff, .switching, .comparing: faults.fired == [1]
            case .filling: try await scenario.pointCount("__g2") >= 120
            case .filled: try await scenario.pointCount("__g2") == 150
            case .indexing:
                // While it builds there is nothing to index; afterwards it is yellow for a while.
                try await scenario.pointCount("__g2") == 150
                    ? try await scenario.indexingThreshold("__g2") != 0 : false
            }
        }
        program.send(signal: SIGKILL)
        #expect(await program.outcome().status == 128 + SIGKILL)
        faults.clear()
    }

    @Test(arguments: Moment.allCases)
    func `goes on where it was killed, and leaves nothing behind`(_ moment: Moment) async throws {
        try await withSlowScenario { scenario in
            let usual = try await scenario.indexingThreshold()
            try await kill(scenario, at: moment)
            // The name still stands for what is whole.
            #expect(try await scenario.pointCount() == 150)
            let live = try await scenario.generations().first { $0.state == "live" }
            #expect(live?.number == 1)

            let run = try await scenario.measure("--rebuild", "--batch-size", "10", "--window", "2")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try await scenario.collections().count == 2)
            #expect(try await scenario.generationStates() == ["previous", "live"])
            #expect(try await scenario.indexingThreshold() == usual)
            switch moment {
            case .creating, .indexingPutOff: #expect(run.texts == 150)
            case .filling, .filled:
                // What a second and the window held is done again.
                #expect(run.texts <= 30 + 100 + 20)
                #expect(try await scenario.collections() == scenario.named("__g1", "__g2"))
            case .indexing, .comparing, .switching:
                #expect(run.texts == 0)
                #expect(try await scenario.collections() == scenario.named("__g1", "__g2"))
            }
            try await scenario.expectMirror()
        }
    }

    @Test func `is thrown away when it is told to begin anew`() async throws {
        try await withSlowScenario { scenario in
            try await kill(scenario, at: .filling)
            let run = try await scenario.measure("--rebuild", "--fresh")
            #expect(run.status == 0, "\(run.errors)")
            // By the report: the server may still be at texts of the run that was killed.
            #expect(run.count("embedded") == 150)
            #expect(run.count("attempt") == 1)
            #expect(run.errors.contains("__g2 was begun by a rebuild that is not gone on with"), "\(run.errors)")
            #expect(try await scenario.generationStates() == ["previous", "live"])
            try await scenario.expectMirror()
        }
    }

    @Test func `is thrown away when the model has changed since`() async throws {
        try await withSlowScenario { scenario in
            try await kill(scenario, at: .filling)
            scenario.servers.sandbox?.ollama[0].model?.set(revision: 2)
            let run = try await scenario.measure("--rebuild")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.count("embedded") == 150)
            #expect(try await scenario.generationStates() == ["previous", "live"])
            try await scenario.expectMirror()
        }
    }

    @Test func `can be dropped, and leaves the live generation alone`() async throws {
        try await withSlowScenario { scenario in
            try await kill(scenario, at: .filling)
            #expect(try await scenario.generationStates() == ["live", "unfinished"])
            let back = try await scenario.run("generations", "--rollback")
            #expect(back.status == 1, "\(back.errors)")
            #expect(try await scenario.generations("--drop").map(\.number) == [1])
            #expect(try await scenario.collections() == scenario.named("__g1"))
            let run = try await scenario.measure("--rebuild")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.count("attempt") == 1)
            #expect(run.count("embedded") == 150)
            try await scenario.expectMirror()
        }
    }

    @Test func `stopped by SIGTERM goes on without doing anything twice`() async throws {
        try await withSlowScenario { scenario in
            let program = try scenario.start("--rebuild", "--batch-size", "10", "--window", "2")
            try await scenario.wait(for: program) { try await scenario.pointCount("__g2") >= 60 }
            program.send(signal: SIGTERM)
            let stopped = await program.outcome()
            #expect(stopped.status == 143, "\(stopped.errors)")
            let stored = try await scenario.pointCount("__g2")
            let run = try await scenario.measure("--rebuild", "--batch-size", "10", "--window", "2")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.count("attempt") == 2)
            #expect(run.texts == 150 - stored)
            try await scenario.expectMirror()
        }
    }

    @Test func `is gone on with after the collection of the name was deleted for it`() async throws {
        try await withScenario(Self.table) { scenario in
            try await scenario.run()
            let faults = try #require(scenario.servers.sandbox?.qdrant.faults)
            faults.set(.init(.path("/collections/aliases"), .latency(.seconds(20))))
            let program = try scenario.start("--rebuild", "--replace-collection")
            try await scenario.wait(for: program) { faults.fired == [1] }
            program.send(signal: SIGKILL)
            _ = await program.outcome()
            faults.clear()
            // Between the two calls the name stands for nothing.
            #expect(try await scenario.collections() == scenario.named("__g1"))
            let run = try await scenario.measure("--rebuild", "--replace-collection")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.texts == 0)
            #expect(try await scenario.collections() == scenario.named("__g1"))
            try await scenario.expectMirror()
        }
    }
}
