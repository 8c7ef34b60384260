import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite("The command line")
struct CommandLineTests {
    @Test func `tells its version and helps, on standard output`() async throws {
        let version = try await Scenario.program.run(["--version"])
        #expect(version.status == 0)
        #expect(version.output.contains(/^\d+\.\d+\.\d+\n$/))
        let help = try await Scenario.program.run(["sync", "--help"])
        #expect(help.status == 0)
        for option in [
            "--dry-run", "--fresh", "--retry-rejected", "--limit", "--concurrency", "--embed-batch", "--batch-size",
            "--window",
            "--max-outage",
            "--max-rejects", "--allow-rejects", "--overlong", "--prefix", "--snapshot-window", "--wait", "--report",
            "--journal", "--config", "--log-format", "--log-level", "--no-progress", "--defer-indexing",
            "--vectors-on-disk", "--quantization", "--datatype",
        ] {
            #expect(help.output.contains(option))
        }
    }

    @Test(.enabled(if: TestDatabase.isAvailable))
    func `takes settings from the file, which the environment and flags override`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...30)) { scenario in
            let config = try scenario.file("sync.yaml", "limit: 10\nqdrant-url: http://127.0.0.1:9\nlog_format: json\n")
            let byFile = try await scenario.run("--config", config)
            #expect(byFile.status == 0, "\(byFile.errors)")
            #expect(try await scenario.pointCount() == 10)
            let first = byFile.errors.split(separator: "\n").first ?? ""
            let line = try JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any]
            #expect(line?["level"] as? String == "info")
            let byFlag = try await scenario.run("--config", config, "--limit", "20")
            #expect(byFlag.status == 0, "\(byFlag.errors)")
            #expect(try await scenario.pointCount() == 20)
        }
    }

    @Test(.enabled(if: TestDatabase.isAvailable && TestServers.areSandbox))
    func `reads keys from files and keeps them out of everything it writes`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...30), qdrant: .init(apiKey: "t0p-s3cret"))
        {
            scenario in
            let refused = try await scenario.run(environment: ["QDRANT_API_KEY": "wr0ng-key"])
            #expect(refused.status == 1)
            #expect(refused.errors.contains("QDRANT_API_KEY"), "\(refused.errors)")
            let file = try scenario.file("key", "t0p-s3cret\n")
            let accepted = try await scenario.run(
                "--log-level",
                "trace",
                "--report",
                "-",
                environment: ["QDRANT_API_KEY_FILE": file]
            )
            #expect(accepted.status == 0, "\(accepted.errors)")
            let journal = try await scenario.run("journal", "--json")
            for text in [refused.errors, accepted.errors, accepted.output, journal.output] {
                #expect(!text.contains("t0p-s3cret"))
                #expect(!text.contains("wr0ng-key"))
            }
        }
    }

    @Test(.enabled(if: TestDatabase.isAvailable))
    func `prints the journal for people and machines`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...30)) { scenario in
            let empty = try await scenario.run("journal")
            #expect(empty.status == 0)
            #expect(empty.output == "")
            try await scenario.run()
            let text = try await scenario.run("journal").output
            #expect(text.contains("ended as completed: 30 rows, 30 upserted, 0 rejected"))
            let lines = try await scenario.run("journal", "--json").output.split(separator: "\n")
            let events = try lines.map { line in
                (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["event"] as? String
            }
            #expect(events == ["began", "checkpoint", "ended"])
        }
    }

    @Test(.enabled(if: TestDatabase.isAvailable))
    func `writes each line to standard error as an object when told to, the last one too`() async throws {
        try await withScenario("SELECT 1") { scenario in
            let outcome = try await scenario.run("--log-format", "json")
            #expect(outcome.status == 1)
            for line in outcome.errors.split(separator: "\n") {
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                #expect(object?["message"] is String)
            }
            #expect(outcome.errors.contains(#""level":"error""#))
        }
    }

    @Test(.enabled(if: TestDatabase.isAvailable))
    func `writes the report into what is there and no file, and replaces none of it`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...3)) { scenario in
            let target = try scenario.file("target.json", "something longer than nothing")
            let link = scenario.folder + "/link.json"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
            #expect(try await scenario.run("--report", link).status == 0)
            let type = try FileManager.default.attributesOfItem(atPath: link)[.type] as? FileAttributeType
            #expect(type == .typeSymbolicLink)
            let data = try Data(contentsOf: URL(fileURLWithPath: target))
            let report = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            #expect(report?["rows_read"] as? Int == 3)
        }
    }
}
