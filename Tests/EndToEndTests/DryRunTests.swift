import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite("A dry run", .enabled(if: TestDatabase.isAvailable), .endsSomeTime)
struct DryRunTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...120)

    /// Changes the table in every way there is: 10 new rows, 2 other texts, 3 other payloads, 4 deleted.
    private static let changes =
        PatternTable.rows(121...130)
            + """
            UPDATE pattern_lineage_nodes SET pattern_name = 'renamed' WHERE pattern_id IN ('p-1', 'p-2');
            UPDATE pattern_lineage_nodes SET metadata = '{"edited": 1}' WHERE pattern_id IN ('p-3', 'p-4', 'p-5');
            DELETE FROM pattern_lineage_nodes WHERE pattern_id IN ('p-6', 'p-7', 'p-8', 'p-9');
            """

    @Test(arguments: [["--dry-run"], ["--dry-run", "--incremental"]])
    func `writes nothing, and tells what a first sync would do`(_ arguments: [String]) async throws {
        try await withScenario(Self.table) { scenario in
            let outcome = try await Scenario.program.run(
                arguments + ["--report", scenario.reportPath],
                environment: scenario.environment
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try await scenario.qdrant(.get, "").status == 404)
            #expect(!FileManager.default.fileExists(atPath: scenario.journal))
            let report = try scenario.report()
            #expect(report["status"] as? String == "dry_run")
            #expect(report["rows_read"] as? Int == 120)
            #expect(report["upserted"] as? Int == 0)
            let would = try #require(report["would"] as? [String: Any])
            #expect(would.keys.sorted() == ["delete", "insert", "payload_update", "update"])
            #expect(would["insert"] as? Int == 120)
            #expect(would["update"] as? Int == 0)
            #expect(would["payload_update"] as? Int == 0)
            #expect(would["delete"] as? Int == 0)
            #expect((report["embedding_seconds"] as? Double ?? 0) > 0)
        }
    }

    @Test func `tells apart what a full and an incremental sync would do`() async throws {
        try await withScenario(Self.table) { scenario in
            try await scenario.run()
            try await scenario.database.run(Self.changes)
            let before = try await scenario.qdrant(.get, "").body
            let journal = try await scenario.run("journal", "--json").output

            let full = try await scenario.measure("--dry-run")
            #expect(full.status == 0, "\(full.errors)")
            #expect(full.would("insert") == 10)
            #expect(full.would("update") == 116)
            #expect(full.would("payload_update") == 0)
            #expect(full.would("delete") == 0)
            #expect(full.count("stale") == 4)

            let incremental = try await scenario.measure("--dry-run", "--incremental", "--prune")
            #expect(incremental.status == 0, "\(incremental.errors)")
            #expect(incremental.would("insert") == 10)
            #expect(incremental.would("update") == 2)
            #expect(incremental.would("payload_update") == 3)
            #expect(incremental.would("delete") == 4)
            #expect(incremental.count("unchanged") == 111)

            #expect(try await scenario.pointCount() == 120)
            #expect(try await scenario.run("journal", "--json").output == journal)
            let after = try await scenario.qdrant(.get, "").body
            #expect(Self.withoutTime(after) == Self.withoutTime(before))

            // And this is what it does.
            let run = try await scenario.measure("--incremental", "--prune")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.count("upserted") == 12)
            #expect(run.count("payload_updated") == 3)
            #expect(run.count("deleted") == 4)
            try await scenario.expectMirror()
        }
    }

    @Test func `lists each change with its id`() async throws {
        try await withScenario(Self.table) { scenario in
            try await scenario.run()
            try await scenario.database.run(Self.changes)
            func list(_ arguments: String...) async throws -> [String] {
                let outcome = try await Scenario.program.run(
                    ["--dry-run", "--list"] + arguments,
                    environment: scenario.environment
                )
                #expect(outcome.status == 0, "\(outcome.errors)")
                return outcome.output.split(separator: "\n").map(String.init).filter { $0.contains("-4000-8000-") }
            }
            func lines(_ word: String, _ numbers: ClosedRange<Int>) -> [String] {
                numbers.map { "\(word) \(Scenario.id(ofPattern: $0))" }
            }
            let changed = lines("update", 1...2) + lines("payload", 3...5) + lines("insert", 121...130)
            let incremental = try await list("--incremental")
            #expect(incremental == changed + lines("stale", 6...9))
            let pruned = try await list("--incremental", "--prune")
            #expect(pruned == changed + lines("delete", 6...9))
            let full = try await list()
            #expect(full.count == 126 + 4)
            #expect(full.contains("update \(Scenario.id(ofPattern: 60))"))
        }
    }

    @Test func `finds edited payloads when it compares values`() async throws {
        try await withScenario(Self.table) { scenario in
            try await scenario.run()
            try await scenario.editPayload(ofPattern: 9, #"{"language":"klingon"}"#)
            let trusting = try await scenario.measure("--dry-run", "--incremental")
            #expect(trusting.would("payload_update") == 0)
            let deep = try await scenario.measure("--dry-run", "--incremental", "--deep")
            #expect(deep.would("payload_update") == 1)
            #expect(deep.count("unchanged") == 119)
        }
    }

    @Test(.enabled(if: TestServers.areSandbox))
    func `takes no lock: it runs beside a sync`() async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(5))) { scenario in
            let program = try scenario.start("--batch-size", "10", "--window", "2")
            try await scenario.waitForPoints(10, of: program)
            let dry = try await scenario.measure("--dry-run")
            #expect(dry.status == 0, "\(dry.errors)")
            #expect(await program.outcome().status == 0)
        }
    }

    /// Each answer ends with how long it took.
    private static func withoutTime(_ body: [UInt8]) -> String {
        String(String(decoding: body, as: UTF8.self).split(separator: #","time""#)[0])
    }
}
