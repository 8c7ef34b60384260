import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite(
    "Between servers that fail all the time",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct FaultyServersTests {
    private static let rows = Torture.rounds(240, long: 4_000)

    /// Each fault strikes a tenth of the requests.
    private func makeFaulty(_ servers: TestServers.Sandbox, seed: UInt64) {
        let common: [FaultKind] = [.reset, .cutBody, .status(503)]
        for (number, server) in servers.ollama.enumerated() {
            server.faults.set(
                FaultPlan(common.map { FaultRule(.path("/"), $0, when: .share(0.1)) }, seed: seed &+ UInt64(number))
            )
        }
        let late = FaultRule(.upsert, .waitTimeout, when: .share(0.1))
        servers.qdrant.faults.set(
            FaultPlan([late] + common.map { FaultRule(.path("/"), $0, when: .share(0.1)) }, seed: seed)
        )
    }

    @Test(arguments: SeededRandom.seeds(2))
    func `a full and an incremental sync end complete and exact`(seed: UInt64) async throws {
        let table = PatternTable.creation() + PatternTable.rows(1...Self.rows)
        try await withScenario(table, ollama: .init(serviceTime: .milliseconds(2)), count: 3) { scenario in
            let servers = try #require(scenario.servers.sandbox)
            makeFaulty(servers, seed: seed)
            let full = try await scenario.run("--batch-size", "10", "--report", scenario.reportPath)
            #expect(full.status == 0, "\(full.errors)")
            let fired = servers.qdrant.faults.fired
            // Which of them strike is chance.
            #expect(fired.count { $0 > 0 } >= 2, "\(fired)")
            #expect(try scenario.report()["rows_read"] as? Int == Self.rows)
            try await expectMirror(scenario, servers)

            try await scenario.database.run(
                PatternTable.rows(Self.rows + 1...Self.rows + 60)
                    + """
                    UPDATE pattern_lineage_nodes SET pattern_name = 'renamed' WHERE (metadata->>'number')::int % 4 = 0;
                    UPDATE pattern_lineage_nodes SET metadata = '{"edited": 1}' WHERE (metadata->>'number')::int % 4 = 1;
                    DELETE FROM pattern_lineage_nodes WHERE pattern_id IN ('p-3', 'p-7', 'p-11');
                    """
            )
            makeFaulty(servers, seed: seed &+ 100)
            let incremental = try await scenario.run("--incremental", "--prune", "--batch-size", "10")
            #expect(incremental.status == 0, "\(incremental.errors)")
            try await expectMirror(scenario, servers)
        }
    }

    private func expectMirror(_ scenario: Scenario, _ servers: TestServers.Sandbox) async throws {
        for server in servers.ollama + [servers.qdrant] { server.faults.clear() }
        try await scenario.expectMirror()
    }

    /// Connections break, requests are refused and Qdrant is killed and restarted while the run goes on.
    @Test func `a long run takes no more descriptors and threads with time`() async throws {
        let table = PatternTable.creation() + PatternTable.rows(1...Torture.rounds(900, long: 20_000))
        try await withMachines(table, embedders: 0, serviceTime: 0, ownsPostgres: false) { scenario, machines in
            try await withOllamaSandbox(.init(serviceTime: .milliseconds(4))) { embedder in
                embedder.faults.set(
                    .init(.embed, .reset, when: .share(0.15)),
                    .init(.embed, .status(503), when: .share(0.15))
                )
                let scenario = Scenario(
                    database: scenario.database,
                    servers: TestServers(ollamaURL: embedder.url, qdrantURL: machines.qdrant.url),
                    collection: scenario.collection,
                    folder: scenario.folder
                )
                // Snapshots are short, so that the connection to PostgreSQL is used for more than one cursor.
                let program = try scenario.start(
                    "--batch-size",
                    "10",
                    "--window",
                    "8",
                    "--snapshot-window",
                    "300ms",
                    "--report",
                    scenario.reportPath
                )
                try await scenario.waitForPoints(50, of: program)
                var samples: [ProcessUse] = []
                while program.isRunning {
                    if let use = ProcessUse(of: program.pid) { samples.append(use) }
                    if samples.count % 100 == 50 {
                        await machines.qdrant.kill()
                        try await machines.qdrant.start()
                    }
                    try await Task.sleep(for: .milliseconds(10))
                }
                let outcome = await program.outcome()
                #expect(outcome.status == 0, "\(outcome.errors)")
                try #require(samples.count >= 90)
                let third = samples.count / 3
                let (first, last) = (samples.prefix(third), samples.suffix(third))
                for (name, member) in [("descriptors", \ProcessUse.descriptors), ("threads", \.threads)] {
                    let before = first.map { $0[keyPath: member] }.max() ?? 0
                    let after = last.map { $0[keyPath: member] }.min() ?? 0
                    print(
                        "\(name) of a run with failures: at most \(before) in its first third, at least \(after) in its last"
                    )
                    // Connections and the pool's threads come and go; what leaked with each failure would pile up far
                    // above that.
                    #expect(after <= before + 4)
                }
                #expect((try scenario.report()["retries"] as? Int ?? 0) >= 25)
                embedder.faults.clear()
                try await scenario.expectMirror()
            }
        }
    }
}

/// What a process has of the system, as Linux tells.
private struct ProcessUse {
    let descriptors: Int
    let threads: Int

    /// Nil when it has ended.
    init?(of pid: Int32) {
        let files = FileManager.default
        guard let descriptors = try? files.contentsOfDirectory(atPath: "/proc/\(pid)/fd"), !descriptors.isEmpty,
            let threads = try? files.contentsOfDirectory(atPath: "/proc/\(pid)/task")
        else { return nil }
        self.descriptors = descriptors.count
        self.threads = threads.count
    }
}
