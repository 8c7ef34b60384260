import Embedding
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite(
    "Signals",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct SignalTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...400)
    /// What Docker waits before it kills.
    private static let limit = Duration.seconds(Sanitizer.isOn ? 30 : 10)

    private func withSlowScenario(_ body: (Scenario) async throws -> Void) async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(4)), body)
    }

    /// Waits until the program has installed its handlers, which `/proc` tells.
    private func waitForHandlers(_ program: RunningProgram) async throws {
        func mask() -> UInt64 {
            let status = (try? String(contentsOfFile: "/proc/\(program.pid)/status", encoding: .utf8)) ?? ""
            let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") } ?? ""
            return UInt64(line.dropFirst("SigCgt:".count).drop(while: \.isWhitespace), radix: 16) ?? 0
        }
        while mask() & 1 << UInt64(SIGTERM - 1) == 0 { try await Task.sleep(for: .microseconds(200)) }
    }

    @Test func `end the program with its own status before it has begun anything`() async throws {
        for (signal, status) in [(SIGINT, Int32(130)), (SIGTERM, 143), (SIGHUP, 129)] {
            let program = try Scenario.program.start(
                ["--wait", "60s"],
                environment: ["QDRANT_URL": "http://127.0.0.1:9"]
            )
            try await waitForHandlers(program)
            program.send(signal: signal)
            let outcome = await program.outcome()
            #expect(outcome.status == status, "\(outcome.errors)")
            #expect(!outcome.wasKilled)
        }
    }

    @Test func `end a search, which has nothing to save`() async throws {
        try await withScenario(Self.table) { scenario in
            scenario.servers.sandbox?.qdrant.faults.set(.init(.path("/"), .latency(.seconds(60))))
            let program = try scenario.start("search", "anything")
            try await waitForHandlers(program)
            program.send(signal: SIGTERM)
            let outcome = await program.outcome()
            #expect(outcome.status == 143)
            #expect(!outcome.wasKilled)
            scenario.servers.sandbox?.qdrant.faults.clear()
        }
    }

    @Test func `stop the program in time although an upsert is never answered`() async throws {
        try await withSlowScenario { scenario in
            let program = try scenario.start("--batch-size", "20", "--window", "4")
            try await scenario.waitForPoints(100, of: program)
            scenario.servers.sandbox?.qdrant.faults.set(.init(.upsert, .latency(.seconds(60))))
            program.send(signal: SIGTERM)
            let began = ContinuousClock.now
            let stopped = await program.outcome()
            #expect(began.duration(to: .now) < Self.limit)
            #expect(stopped.status == 143, "\(stopped.errors)")
            #expect(!stopped.wasKilled)
            scenario.servers.sandbox?.qdrant.faults.clear()
            let outcome = try await scenario.run("--report", scenario.reportPath)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try scenario.report()["attempt"] as? Int == 2)
            try await scenario.expectMirror()
        }
    }

    @Test func `stop the program in time although PostgreSQL hangs`() async throws {
        try await withSlowScenario { scenario in
            let relay = try #require(try DatabaseRelay(to: scenario.database))
            let program = try Scenario.program.start(
                ["--batch-size", "20", "--window", "4"],
                environment: scenario.environment.merging(["DATABASE_URL": relay.url]) { $1 }
            )
            try await scenario.waitForPoints(100, of: program)
            relay.freeze()
            program.send(signal: SIGTERM)
            let began = ContinuousClock.now
            let stopped = await program.outcome()
            #expect(began.duration(to: .now) < Self.limit)
            #expect(stopped.status == 143, "\(stopped.errors)")
            #expect(!stopped.wasKilled)
            relay.stop()
            // What was in flight was saved before PostgreSQL was asked to let go.
            let outcome = try await scenario.run("--wait", "60s", "--report", scenario.reportPath)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try scenario.report()["attempt"] as? Int == 2)
            #expect(scenario.servers.sandbox?.ollama[0].stats().textsEmbedded == 400 + 2 * Canaries.texts.count)
            try await scenario.expectMirror()
        }
    }

    @Test func `stop the program in time although nobody reads what it lists`() async throws {
        // More than a pipe holds, so that a thread of the shared pool is stuck in a write.
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...4_000)) { scenario in
            let pipe = try StreamPipe()
            let program = try Scenario.program.start(
                ["--dry-run", "--list"],
                environment: scenario.environment,
                output: pipe.writeEnd
            )
            try await waitForStuckWrite(program)
            program.send(signal: SIGTERM)
            let began = ContinuousClock.now
            let outcome = await program.outcome()
            #expect(began.duration(to: .now) < Self.limit)
            #expect(outcome.status == 143)
            #expect(outcome.errors.contains("has not ended"), "\(outcome.errors)")
        }
    }

    @Test func `end the program at once the second time, even while all of its threads are stuck`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...4_000)) { scenario in
            let pipe = try StreamPipe()
            let program = try Scenario.program.start(
                ["--dry-run", "--list"],
                environment: scenario.environment.merging(["LIBDISPATCH_COOPERATIVE_POOL_STRICT": "1"]) { $1 },
                output: pipe.writeEnd
            )
            try await waitForStuckWrite(program)
            program.send(signal: SIGTERM)
            // Two signals that nobody has taken yet are one.
            try await Task.sleep(for: .milliseconds(200))
            program.send(signal: SIGINT)
            let began = ContinuousClock.now
            #expect(await program.outcome().status == 130)
            #expect(began.duration(to: .now) < .seconds(5))
        }
    }

    /// Waits until one of the program's threads waits for room in a pipe.
    private func waitForStuckWrite(_ program: RunningProgram) async throws {
        func isStuck() -> Bool {
            let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(program.pid)/task")) ?? []
            return threads.contains { thread in
                // The number of the system call, and its first argument: a write to standard output.
                let call = try? String(contentsOfFile: "/proc/\(program.pid)/task/\(thread)/syscall", encoding: .utf8)
                return call?.hasPrefix("1 0x1 ") == true
            }
        }
        var times = 0
        while times < 20 {
            times = isStuck() ? times + 1 : 0
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    @Test func `save the work when the terminal is closed`() async throws {
        try await withSlowScenario { scenario in
            let program = try scenario.start("--batch-size", "20", "--window", "4")
            try await scenario.waitForPoints(100, of: program)
            program.send(signal: SIGHUP)
            let stopped = await program.outcome()
            #expect(stopped.status == 129, "\(stopped.errors)")
            #expect(!stopped.wasKilled)
            #expect(try await scenario.pointCount() < 400)
            let outcome = try await scenario.run("--report", scenario.reportPath)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try scenario.report()["attempt"] as? Int == 2)
        }
    }

    @Test func `of a closed terminal are not heard by who was started with nohup`() async throws {
        try await withSlowScenario { scenario in
            let program = try Scenario.program.start(
                after: "trap '' HUP",
                ["--batch-size", "20", "--window", "4"],
                environment: scenario.environment
            )
            try await scenario.waitForPoints(100, of: program)
            program.send(signal: SIGHUP)
            let outcome = await program.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try await scenario.pointCount() == 400)
        }
    }

    @Test func `of a closed terminal after another one do not cut the work off`() async throws {
        try await withSlowScenario { scenario in
            let program = try scenario.start("--batch-size", "20", "--window", "4")
            try await scenario.waitForPoints(100, of: program)
            scenario.servers.sandbox?.ollama[0].faults.set(.init(.embed, .latency(.seconds(1))))
            program.send(signal: SIGTERM)
            while !program.errors.contains("stopping") { try await Task.sleep(for: .milliseconds(10)) }
            program.send(signal: SIGHUP)
            let stopped = await program.outcome()
            #expect(stopped.status == 143, "\(stopped.errors)")
            #expect(stopped.output.contains("interrupted"), "\(stopped.errors)")
        }
    }

    @Test func `of a file that may grow no more are an error of its write`() async throws {
        try await withScenario(Self.table) { scenario in
            // The journal's first records need more than half a kibibyte.
            let outcome = try await Scenario.program.run(
                after: "ulimit -f 0",
                ["--log-level", "error", "--no-progress"],
                environment: scenario.environment
            )
            #expect(!outcome.wasKilled)
            #expect(outcome.status == 1)
        }
    }
}
