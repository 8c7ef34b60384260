import Foundation
import SandboxServers
import TestSupport
import Testing
import Threading

/// Whatever happens to table and collection: what a sync says that it has done is so.
@Suite("The mirror", .enabled(if: TestDatabase.isAvailable))
struct MirrorTests {
    /// Sequences under way at once, each worker with servers and a database of its own.
    private static let workers = 8

    /// `MIRROR_SEED` names a single one, `MIRROR_SEQUENCES` how many there are else.
    private static var seeds: ClosedRange<UInt64> {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["MIRROR_SEED"].flatMap(UInt64.init) { return seed...seed }
        return 1...(environment["MIRROR_SEQUENCES"].flatMap(UInt64.init) ?? 500)
    }

    @Test func `keeps faith through random sequences of changes, syncs and interruptions`() async throws {
        let seeds = Self.seeds
        let next = Locked(seeds.lowerBound)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<min(Self.workers, seeds.count) {
                group.addTask {
                    await Self.work {
                        next.withLock { seed in
                            defer { seed += 1 }
                            return seeds.contains(seed) ? seed : nil
                        }
                    }
                }
            }
        }
    }

    /// Runs one sequence after another.
    @concurrent
    private static func work(_ next: @Sendable () -> UInt64?) async {
        do {
            try await withDatabase { database in
                try await withOllamaSandbox(.init(dimension: 48)) { ollama in
                    try await withQdrantSandbox { qdrant in
                        let table = try TableConnection(database.url)
                        while let seed = next() {
                            try await withTemporaryFolder { folder in
                                let world = try World(database.url, table, ollama, qdrant, journal: folder, seed: seed)
                                do {
                                    try await Sequence(seed: seed).run(in: world)
                                } catch {
                                    Issue.record("\(error)")
                                }
                                try await world.removeCollections()
                            }
                        }
                    }
                }
            }
        } catch {
            Issue.record("\(error)")
        }
    }
}

extension World {
    fileprivate func removeCollections() async throws {
        for name in try await holdings().all.keys {
            _ = try await qdrant.ask("DELETE", "/collections/\(name)")
        }
    }
}
