import Bench
import Foundation
import SandboxServers
import TestSupport
import Testing

/// Ended before their time.
extension BenchTests {
    @Test(arguments: zip([SIGINT, SIGTERM], [Int32(130), 143]))
    func `keeps what was measured when it is stopped, and nothing in Qdrant`(
        _ signal: Int32,
        _ status: Int32
    ) async throws {
        try await withScenario(Self.table) { scenario in
            let program = try scenario.start("bench", "--json", "--cell-seconds", "60", "--only", "sink")
            try await scenario.wait(for: program) {
                try await collections(scenario).contains { $0.hasPrefix(scenario.collection + "__bench_") }
            }
            // By then it has stored enough to tell of.
            try await scenario.wait(for: program) {
                (scenario.servers.sandbox?.qdrant.stats().upsertRequests ?? 0) > 10
            }
            program.send(signal: signal)
            let outcome = await program.outcome()
            #expect(outcome.status == status, "\(outcome.errors)")
            #expect(try await collections(scenario).isEmpty)
        }
    }

    /// It waits for Qdrant for as long as it does after a signal.
    @Test(.enabled(if: Torture.isOn))
    func `tells what was measured when it is stopped while Qdrant stalls, and what it leaves`() async throws {
        try await withScenario(Self.table) { scenario in
            let qdrant = try #require(scenario.servers.sandbox?.qdrant)
            // Before it removes the collection it asks for the aliases.
            qdrant.faults.set(.init(.path("/aliases"), .latency(.seconds(600))))
            let page = scenario.folder + "/page.html"
            let program = try scenario.start(
                "bench",
                "--json",
                "--cell-seconds",
                "0.5",
                "--only",
                "sink",
                "--html",
                page
            )
            try await scenario.wait(for: program) { program.errors.contains("the sink: ") }
            program.send(signal: SIGINT)
            let outcome = await program.outcome()
            qdrant.faults.clear()
            #expect(outcome.status == 130, "\(outcome.errors)")
            #expect(rate(.sink, try report(outcome.output)) > 0)
            #expect(FileManager.default.fileExists(atPath: page))
            let name = try #require(try await collections(scenario).first)
            #expect(outcome.errors.contains("\(name) may be left over"), "\(outcome.errors)")
            #expect(outcome.errors.contains("DELETE /collections/\(name)"), "\(outcome.errors)")
        }
    }

    @Test func `tells what a killed one has left, and leaves it alone`() async throws {
        try await withScenario(Self.table) { scenario in
            let program = try scenario.start("bench", "--cell-seconds", "60", "--only", "sink")
            try await scenario.wait(for: program) { try await !collections(scenario).isEmpty }
            program.send(signal: SIGKILL)
            _ = await program.outcome()
            let left = try #require(try await collections(scenario).first)
            let outcome = try await Scenario.program.run(
                ["bench", "--cell-seconds", "0.2", "--only", "sink"],
                environment: scenario.environment
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("the collection \(left) was left"), "\(outcome.errors)")
            #expect(try await collections(scenario) == [left])
        }
    }

    @Test func `keeps the cells that were measured when it is stopped`() async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(2))) { scenario in
            let program = try scenario.start(
                "bench",
                "--json",
                "--cell-seconds",
                "2",
                "--embed-batches",
                "1,2,3,4,5,6,7,8",
                "--max-seconds",
                "100"
            )
            try await scenario.wait(for: program) { program.errors.contains("with 2 texts a request") }
            program.send(signal: SIGINT)
            let outcome = await program.outcome()
            #expect(outcome.status == 130, "\(outcome.errors)")
            let report = try report(outcome.output)
            #expect(report.status == .interrupted)
            let cells = report.servers.first?.cells ?? []
            #expect((2...4).contains(cells.count), "\(cells.map(\.setting))")
            #expect(cells.first?.ended != .interrupted)
            #expect(report.recommendation != nil)
        }
    }
}
