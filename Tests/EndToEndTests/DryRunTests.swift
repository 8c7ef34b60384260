import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite("A dry run", .enabled(if: TestDatabase.isAvailable), .timeLimit(.minutes(5)))
struct DryRunTests {
    @Test func `writes nothing, and tells what a sync would do`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...120)) { scenario in
            let outcome = try await scenario.run("--dry-run", "--report", scenario.reportPath)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try await scenario.qdrant(.get, "").status == 404)
            #expect(!FileManager.default.fileExists(atPath: scenario.journal))
            let report = try scenario.report()
            #expect(report["status"] as? String == "dry_run")
            #expect(report["rows_read"] as? Int == 120)
            #expect(report["upserted"] as? Int == 0)
            #expect(
                report["would"] as? [String: Int]
                    == ["insert": 120, "update": 0, "payload_update": 0, "delete": 0]
            )
        }
    }

    @Test func `tells new rows from those that have a point`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...120)) { scenario in
            try await scenario.run()
            try await scenario.database.run(PatternTable.rows(121...150))
            let before = try await scenario.qdrant(.get, "").body
            let journal = try await scenario.run("journal", "--json").output
            try await scenario.run("--dry-run", "--report", scenario.reportPath)
            #expect(
                try scenario.report()["would"] as? [String: Int]
                    == ["insert": 30, "update": 120, "payload_update": 0, "delete": 0]
            )
            #expect(try await scenario.pointCount() == 120)
            #expect(try await scenario.run("journal", "--json").output == journal)
            let after = try await scenario.qdrant(.get, "").body
            #expect(Self.withoutTime(after) == Self.withoutTime(before))
        }
    }

    /// Each answer ends with how long it took.
    private static func withoutTime(_ body: [UInt8]) -> String {
        String(String(decoding: body, as: UTF8.self).split(separator: #","time""#)[0])
    }
}
