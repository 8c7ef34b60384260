import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite("The standard streams", .enabled(if: TestDatabase.isAvailable), .endsSomeTime)
struct StreamTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...60)

    private func device(_ path: String) throws -> FileHandle {
        try #require(FileHandle(forWritingAtPath: path))
    }

    @Test func `may be closed by who read them, and a sync loses nothing`() async throws {
        try await withScenario(Self.table) { scenario in
            let (output, errors) = (try StreamPipe(), try StreamPipe())
            try output.closeReadEnd()
            try errors.closeReadEnd()
            let program = try Scenario.program.start(
                ["--report", scenario.reportPath],
                environment: scenario.environment,
                output: output.writeEnd,
                errors: errors.writeEnd
            )
            let outcome = await program.outcome()
            #expect(outcome.status == 0)
            #expect(try scenario.report()["status"] as? String == "completed")
            try await scenario.expectMirror()
        }
    }

    @Test func `may be full, and a sync loses nothing`() async throws {
        try await withScenario(Self.table) { scenario in
            let program = try Scenario.program.start(
                [],
                environment: scenario.environment,
                output: try device("/dev/full"),
                errors: try device("/dev/full")
            )
            #expect(await program.outcome().status == 0)
            try await scenario.expectMirror()
        }
    }

    @Test func `hold up no sync when nobody reads what it logs`() async throws {
        try await withScenario(Self.table) { scenario in
            let errors = try StreamPipe(isFull: true)
            let program = try Scenario.program.start(
                ["--log-level", "trace", "--batch-size", "5", "--report", scenario.reportPath],
                environment: scenario.environment,
                errors: errors.writeEnd
            )
            #expect(await program.outcome().status == 0)
            #expect(try scenario.report()["upserted"] as? Int == 60)
            try await scenario.expectMirror()
        }
    }

    @Test(.enabled(if: TestServers.areSandbox))
    func `hold up no stop when nobody reads what it logs`() async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(50))) { scenario in
            let errors = try StreamPipe(isFull: true)
            let program = try Scenario.program.start(
                ["--log-level", "trace", "--batch-size", "5", "--window", "2"],
                environment: scenario.environment,
                errors: errors.writeEnd
            )
            try await scenario.waitForPoints(10, of: program)
            program.send(signal: SIGTERM)
            let began = ContinuousClock.now
            #expect(await program.outcome().status == 143)
            #expect(began.duration(to: .now) < .seconds(10))
            #expect(try await scenario.run().status == 0)
            try await scenario.expectMirror()
        }
    }

    /// The commands whose result is what they print.
    private static let results = [
        ["verify"], ["verify", "--json"], ["search", "anything"], ["journal"], ["generations"],
        ["--dry-run", "--list"], ["--report", "-"], ["--version"],
    ]

    @Test(arguments: results)
    func `are told to be full by a command whose result is lost`(_ arguments: [String]) async throws {
        try await withScenario(Self.table) { scenario in
            try await scenario.run()
            let program = try Scenario.program.start(
                arguments,
                environment: scenario.environment,
                output: try device("/dev/full")
            )
            let outcome = await program.outcome()
            #expect(outcome.status == 1)
            let told = outcome.errors.split(separator: "\n").filter { $0.contains("No space left on device") }
            #expect(told.count == 1, "\(outcome.errors)")
        }
    }

    @Test(arguments: results)
    func `are left in silence by a command whose reader has gone`(_ arguments: [String]) async throws {
        try await withScenario(Self.table) { scenario in
            try await scenario.run()
            let pipe = try StreamPipe()
            try pipe.closeReadEnd()
            let program = try Scenario.program.start(
                arguments,
                environment: scenario.environment,
                output: pipe.writeEnd
            )
            let outcome = await program.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(!outcome.errors.contains("error"), "\(outcome.errors)")
        }
    }

    @Test func `do not change the verdict when its reader has gone`() async throws {
        try await withScenario(Self.table) { scenario in
            try await scenario.run("--limit", "10")
            let pipe = try StreamPipe()
            try pipe.closeReadEnd()
            let program = try Scenario.program.start(
                ["verify"],
                environment: scenario.environment,
                output: pipe.writeEnd
            )
            #expect(await program.outcome().status == 4)
        }
    }

    @Test func `get whole lines in their order, and the last one too`() async throws {
        try await withScenario(Self.table) { scenario in
            let errors = try StreamPipe()
            let program = try Scenario.program.start(
                ["--log-level", "trace", "--batch-size", "5", "--max-rejects", "0", "--log-format", "json"],
                environment: scenario.environment.merging(["QDRANT_COLLECTION": "no/collection"]) { $1 },
                errors: errors.writeEnd
            )
            let outcome = await program.outcome()
            #expect(outcome.status == 1)
            let lines = try errors.readToEnd().split(separator: "\n")
            for line in lines {
                #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
            }
            #expect(lines.last?.contains(#""level":"error""#) == true)
        }
    }
}
