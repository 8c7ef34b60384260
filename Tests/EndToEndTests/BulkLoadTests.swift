import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite(
    "A bulk load",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct BulkLoadTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...200)

    /// Runs `body` after a load that was ended by `signal` while indexing was put off.
    private func withUnfinishedLoad(
        _ signal: Int32 = SIGKILL,
        qdrant: QdrantSandbox.Configuration = .init(),
        _ body: (Scenario) async throws -> Void
    ) async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(10)), qdrant: qdrant) { scenario in
            // A run that is told to stop finishes what is in its window.
            let program = try scenario.start("--defer-indexing", "on", "--batch-size", "10", "--window", "4")
            try await scenario.waitForPoints(40, of: program)
            #expect(try await scenario.isIndexingOff())
            program.send(signal: signal)
            _ = await program.outcome()
            #expect(try await scenario.isIndexingOff())
            try await body(scenario)
        }
    }

    @Test func `has its vectors indexed at the end, and waits for that`() async throws {
        let qdrant = QdrantSandbox.Configuration(indexingPace: .milliseconds(6), indexingThreshold: 30)
        try await withScenario(Self.table, qdrant: qdrant) { scenario in
            let run = try await scenario.measure("--defer-indexing", "on")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try await scenario.indexingThreshold() == 30)
            #expect(try await scenario.indexed() == 200)
            #expect(run.report["index_seconds"] is Double)
            #expect(run.errors.contains("are indexed once all of them are there"), "\(run.errors)")
            #expect(run.errors.contains("Qdrant has built its index, in "), "\(run.errors)")
            try await scenario.expectMirror()
            // Nothing is left to put off or to restore.
            let next = try await scenario.measure("--incremental")
            #expect(next.status == 0, "\(next.errors)")
            #expect(next.report["index_seconds"] is NSNull)
        }
    }

    @Test func `of few rows is indexed as it comes`() async throws {
        try await withScenario(Self.table, qdrant: .init(indexingThreshold: 30)) { scenario in
            let run = try await scenario.measure()
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.report["index_seconds"] is NSNull)
            #expect(!run.errors.contains("index"), "\(run.errors)")
            #expect(try await scenario.indexingThreshold() == 30)
        }
    }

    @Test func `of many rows puts indexing off by itself, and says so when it is stopped`() async throws {
        let config = """
            key: bigint
            query: SELECT i AS id, 'note ' || i AS text, '{}'::jsonb AS payload FROM generate_series(1, 50000) AS i
            """
        let ollama = OllamaSandbox.Configuration(dimension: 8, serviceTime: .milliseconds(1))
        try await withScenario("SELECT 1", ollama: ollama) { scenario in
            let file = try scenario.file("sync.yaml", config)
            let program = try scenario.start("--config", file)
            try await scenario.waitForPoints(200, of: program)
            #expect(try await scenario.indexingThreshold() == 0)
            program.send(signal: SIGTERM)
            let stopped = await program.outcome()
            #expect(stopped.status == 143, "\(stopped.errors)")
            #expect(stopped.errors.contains("has vectors without an index"), "\(stopped.errors)")
            #expect(try await scenario.indexingThreshold() == 0)
            let off = try await scenario.run("--config", file, "--limit", "5", "--defer-indexing", "off")
            #expect(off.status == 0, "\(off.errors)")
            #expect(off.errors.contains("they are indexed from now on"), "\(off.errors)")
            #expect(try await scenario.indexingThreshold() == 10_000)
        }
    }

    @Test(arguments: ["1.15.4", "1.16.0"])
    func `that was stopped is indexed by the run that resumes it`(version: String) async throws {
        try await withUnfinishedLoad(SIGTERM, qdrant: .init(version: version)) { scenario in
            let part = try await scenario.run("--limit", "5")
            #expect(part.status == 0, "\(part.errors)")
            #expect(try await scenario.isIndexingOff())
            let run = try await scenario.measure("--batch-size", "10")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.count("attempt") == 2)
            #expect(run.report["index_seconds"] is Double)
            #expect(try await scenario.indexingThreshold() == 10_000)
            try await scenario.expectMirror()
        }
    }

    @Test(arguments: [["--incremental"], ["verify", "--repair"], ["--fresh"]], ["1.15.4", "1.16.0"])
    func `that was killed is indexed by whatever run completes the mirror`(
        arguments: [String],
        version: String
    ) async throws {
        try await withUnfinishedLoad(qdrant: .init(version: version)) { scenario in
            let outcome = try await Scenario.program.run(arguments, environment: scenario.environment)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try await scenario.indexingThreshold() == 10_000)
            try await scenario.expectMirror()
        }
    }

    @Test(arguments: ["1.15.4", "1.16.0"], [[], ["--defer-indexing", "off"]])
    func `that was killed gets its own threshold back without the journal`(
        version: String,
        arguments: [String]
    ) async throws {
        try await withUnfinishedLoad(qdrant: .init(version: version, indexingThreshold: 777)) { scenario in
            try FileManager.default.removeItem(atPath: scenario.journal)
            let run = try await Scenario.program.run(["sync"] + arguments, environment: scenario.environment)
            #expect(run.status == 0, "\(run.errors)")
            #expect(!run.errors.contains("switched off"), "\(run.errors)")
            #expect(try await scenario.indexingThreshold() == 777)
        }
    }

    @Test func `that fails says that its vectors have no index`() async throws {
        try await withScenario(Self.table) { scenario in
            scenario.servers.sandbox?.ollama[0].faults.set(.init(.embed, match: "function_7(", .zeroVector))
            let run = try await scenario.run("--defer-indexing", "on", "--max-rejects", "0")
            #expect(run.status == 1, "\(run.errors)")
            #expect(run.errors.contains("has vectors without an index"), "\(run.errors)")
            #expect(try await scenario.isIndexingOff())
        }
    }

    @Test(arguments: ["1.15.4", "1.16.0"])
    func `leaves alone what somebody else has switched off, and says so`(version: String) async throws {
        try await withScenario(Self.table, qdrant: .init(version: version, indexingThreshold: 0)) { scenario in
            let run = try await scenario.measure("--defer-indexing", "on")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.report["index_seconds"] is NSNull)
            #expect(try await scenario.indexingThreshold() == 0)
            for arguments in [["--incremental", "--defer-indexing", "off"], ["--dry-run"], ["verify"]] {
                let next = try await Scenario.program.run(arguments, environment: scenario.environment)
                #expect(next.status == 0, "\(next.errors)")
                #expect(next.errors.contains(#"{"indexing_threshold":10000}} switches it on"#), "\(next.errors)")
                #expect(try await scenario.indexingThreshold() == 0)
            }
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `is complete when it is stopped in the wait for the index`(signal: Int32) async throws {
        let qdrant = QdrantSandbox.Configuration(indexingPace: .seconds(600), indexingThreshold: 30)
        try await withScenario(Self.table, qdrant: qdrant) { scenario in
            let program = try scenario.start("--defer-indexing", "on", "--report", scenario.reportPath)
            try await scenario.wait(for: program) { program.errors.contains("builds the index of their vectors") }
            // The locks are given back: others need not wait for the index.
            let other = try await scenario.run("--incremental")
            #expect(other.status == 0, "\(other.errors)")
            program.send(signal: signal)
            let outcome = await program.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("goes on building its index by itself"), "\(outcome.errors)")
            #expect(try scenario.report()["status"] as? String == "completed")
            #expect(try scenario.report()["index_seconds"] is Double)
            #expect(try await scenario.indexingThreshold() == 30)
            try await scenario.expectMirror()
        }
    }

    @Test func `is complete although the index cannot be built`() async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(10))) { scenario in
            let program = try scenario.start("--defer-indexing", "on", "--batch-size", "10")
            try await scenario.waitForPoints(40, of: program)
            scenario.servers.sandbox?.qdrant.faults.set(.init(.collection, .collectionStatus("red")))
            let outcome = await program.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("No space left on device"), "\(outcome.errors)")
            #expect(try await scenario.indexingThreshold() == 10_000)
        }
    }

    @Test func `stores several chunks at once in a slow Qdrant`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...400)) { scenario in
            let qdrant = try #require(scenario.servers.sandbox?.qdrant)
            qdrant.faults.set(.init(.upsert, .latency(.seconds(2))))
            let program = try scenario.start("--batch-size", "10", "--report", scenario.reportPath)
            try await scenario.wait(for: program) { qdrant.requestsUnderWay >= 4 }
            qdrant.faults.clear()
            let outcome = await program.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try scenario.report()["upsert_requests"] as? Int == 40)
            try await scenario.expectMirror()
        }
    }
}

extension Scenario {
    /// How many vectors Qdrant says are indexed.
    fileprivate func indexed() async throws -> Int? {
        let answer = try await qdrant(.get, "")
        let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        return (object?["result"] as? [String: Any])?["indexed_vectors_count"] as? Int
    }
}
