import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

/// The program is killed at random moments until a sync completes; afterwards every point is compared with its row.
@Suite(
    "A sync that is killed again and again",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct KillTests {
    private static let rows = Torture.isOn ? 10_000 : 400
    private static let mostKills = Torture.isOn ? 400 : 5
    /// Milliseconds that a text takes.
    private static let serviceTime = 8
    private static let chunk = 10
    private static let window = 4
    private static let size = ["--batch-size", "\(chunk)", "--window", "\(window)", "--embed-batch", "5"]

    /// What may be lost with a kill: what is in the window, what was acknowledged within the second between two commits,
    /// and the chunk whose end the commit waits for.
    private static let allowed = window * chunk + 1_000 / serviceTime + chunk

    enum Mode: CaseIterable, CustomStringConvertible {
        case full, incremental, rebuild

        var description: String {
            switch self {
            case .full: "full"
            case .incremental: "incremental"
            case .rebuild: "rebuild"
            }
        }

        var arguments: [String] {
            switch self {
            case .full: []
            case .incremental: ["--incremental", "--prune", "--prune-limit", "100000"]
            case .rebuild: ["--rebuild"]
            }
        }

        /// A full run moves its mark once a second, and so has to live longer to get anywhere.
        var reach: Killing.Reach {
            self == .incremental
                ? .init(milliseconds: 1_200, texts: 60, requests: 30)
                : .init(milliseconds: 2_400, texts: 300, requests: 60)
        }
    }

    @Test(arguments: Mode.allCases, SeededRandom.seeds(1))
    func `ends exact, and embeds little twice`(_ mode: Mode, seed: UInt64) async throws {
        try await withKillableScenario(seed, mode) { killing, quick in
            var killing = killing
            try await prepare(killing.scenario, for: mode, [quick, killing.embedder])
            let toll = try await killing.run(atMost: Self.mostKills)
            print(
                """
                kills of a sync (\(mode), seed \(seed)): \(toll.kills), \(toll.terminations) of them by SIGTERM; \
                of Qdrant: \(toll.qdrantKills); texts embedded again for each: at most \(toll.most), \
                \((toll.mean * 10).rounded() / 10) on average, \(Self.allowed) allowed
                """
            )
            #expect(toll.kills >= 1)
            #expect(toll.most <= Self.allowed)
            try await Scenario(
                database: killing.scenario.database,
                servers: TestServers(ollamaURL: quick.url, qdrantURL: killing.qdrant.url),
                collection: killing.scenario.collection,
                folder: killing.scenario.folder
            ).expectMirror()
            if mode == .rebuild {
                #expect(try await killing.scenario.generationStates() == ["previous", "live"])
                // A generation that was made and not begun is deleted, and its number not given again.
                #expect(try await killing.scenario.collections().count == 2)
            }
        }
    }

    /// Runs `body` with a slow embedding server that counts, and a quick one of the same model for what is not to be
    /// counted.
    private func withKillableScenario(
        _ seed: UInt64,
        _ mode: Mode,
        _ body: (Killing, RunningServer) async throws -> Void
    ) async throws {
        try await withMachines(
            PatternTable.creation() + PatternTable.rows(1...Self.rows),
            embedders: 0,
            serviceTime: 0,
            ownsPostgres: false
        ) { scenario, machines in
            try await withOllamaSandbox(.init(serviceTime: .milliseconds(Self.serviceTime))) { slow in
                try await withOllamaSandbox { quick in
                    let client = try HTTPClient(configuration: .init(userAgent: "tests"))
                    let killing = Killing(
                        scenario: Scenario(
                            database: scenario.database,
                            servers: TestServers(ollamaURL: slow.url, qdrantURL: machines.qdrant.url),
                            collection: scenario.collection,
                            folder: scenario.folder
                        ),
                        embedder: slow,
                        qdrant: machines.qdrant,
                        arguments: mode.arguments + Self.size,
                        reach: mode.reach,
                        client: client,
                        random: SeededRandom(seed: seed &+ UInt64(mode.arguments.count))
                    )
                    let result: Result<Void, any Error>
                    do {
                        result = .success(try await body(killing, quick))
                    } catch {
                        result = .failure(error)
                    }
                    await client.shutDown()
                    try result.get()
                }
            }
        }
    }

    /// Makes what the killed sync finds: nothing, a table that was changed since, or a generation of an older model.
    ///
    /// - Parameter servers: the first one embeds what is there before.
    private func prepare(_ scenario: Scenario, for mode: Mode, _ servers: [RunningServer]) async throws {
        guard mode != .full else { return }
        let first = try await scenario.run(
            mode == .rebuild ? "--rebuild" : "--fresh",
            environment: ["OLLAMA_BASE_URL": servers[0].url]
        )
        #expect(first.status == 0, "\(first.errors)")
        if mode == .rebuild {
            // No vector can be taken over.
            for server in servers { server.model?.set(revision: 1) }
            return
        }
        try await scenario.database.run(
            PatternTable.rows(Self.rows + 1...Self.rows * 5 / 4)
                + """
                UPDATE pattern_lineage_nodes SET pattern_name = 'renamed ' || pattern_id
                WHERE (metadata->>'number')::int % 8 IN (0, 1);
                UPDATE pattern_lineage_nodes SET metadata = metadata || '{"edited": true}'
                WHERE (metadata->>'number')::int % 8 = 2;
                DELETE FROM pattern_lineage_nodes WHERE (metadata->>'number')::int % 8 = 3;
                """
        )
    }
}
