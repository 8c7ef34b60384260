import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite("What a benchmark is told", .endsSomeTime)
struct BenchInputTests {
    @Test(arguments: [
        (["--fail-below", "5"], "--compare"), (["--compare", "/nowhere.json", "--fail-below", "0"], "--fail-below"),
        (["--compare", "/nowhere.json", "--fail-below", "101"], "--fail-below"),
        (["--cell-seconds", "0"], "--cell-seconds"),
        (["--batch-sizes", "1,x"], "--batch-sizes"), (["--in-flight", "0"], "--in-flight"),
        (["--only", "all"], "--only"),
        (["--texts", "0"], "--texts"), (["--quick", "--cell-seconds", "3"], "--quick"),
        (["--cell-seconds", "-1"], "-1.0, expected"), (["--in-flight", "-1"], "'-1', expected"),
        (["--max-seconds", "-1"], "-1.0, expected"), (["--json", "--html", "-"], "--html"),
        (["--only", "sink", "--embed-batches", "4"], "--embed-batches is given with --only sink"),
        (["--only", "source", "--in-flight", "4"], "--in-flight is given with --only source"),
        (["--only", "pipeline", "--cold"], "--cold is given with --only pipeline"),
        (["--only", "sink", "--max-seconds", "9"], "--max-seconds is given with --only sink"),
        (["--only", "pipeline", "--texts", "9"], "--texts is given with --only pipeline"),
        (["--only", "source", "--prefix", "model"], "--prefix is given with --only source"),
    ])
    func `refuses what it cannot do`(_ arguments: [String], _ option: String) async throws {
        let outcome = try await Scenario.program.run(["bench"] + arguments)
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(outcome.errors.contains(option), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test func `finds out before it measures that files are of no use`() async throws {
        try await withTemporaryFolder { folder in
            try "{}".write(toFile: folder + "/empty.json", atomically: true, encoding: .utf8)
            try #"{"format":99}"#.write(toFile: folder + "/newer.json", atomically: true, encoding: .utf8)
            try Self.report(rate: "-7").write(toFile: folder + "/absurd.json", atomically: true, encoding: .utf8)
            for (arguments, word) in [
                (["--compare", folder + "/none.json"], "cannot be read"),
                (["--compare", folder + "/empty.json"], "no report"),
                (["--compare", folder + "/newer.json"], "newer"),
                (["--compare", folder + "/absurd.json"], "of the sink"),
                // The end of all that is longer than a report.
                (["--compare", "/dev/zero"], "longer than 64 MiB"),
                (["--compare", folder], "cannot be read"),
                (["--html", folder + "/none/page.html"], "cannot be written"),
                (["--html", folder], "cannot be written"),
            ] {
                let outcome = try await Scenario.program.run(
                    ["bench"] + arguments,
                    environment: ["OLLAMA_BASE_URL": "http://127.0.0.1:9"]
                )
                #expect(outcome.status == 1, "\(outcome.errors)")
                #expect(outcome.errors.contains(word), "\(outcome.errors)")
            }
        }
    }

    /// Of a benchmark that has measured nothing but the sink.
    private static func report(rate: String) -> String {
        """
        {"format": 1, "status": "completed", "started_at": "2026-01-05T12:00:00Z", "duration_seconds": 1, "version": "0.1.0",
        "machine": {"system": "Linux", "processors": 2}, "model": {"name": "m", "provider": "ollama", "dimension": 768},
        "texts": {"origin": "table", "count": 1, "mean_bytes": 1, "p95_bytes": 1}, "servers": [], "stages": [{"name": "sink",
        "rows_per_second": {"mean": \(rate), "low": \(rate), "high": \(rate), "samples": 9}, "rows": 9, "seconds": 1}]}
        """
    }

    @Test func `reads a report to compare with from a pipe, and passes nothing that it cannot decide`() async throws {
        try await withOllamaSandbox { ollama in
            let outcome = try await Program("/bin/sh").run(
                ["-c", "printf '%s' \"$REPORT\" | \"$0\" bench \"$@\"", Scenario.program.path] + Self.shortest
                    + ["--compare", "/dev/stdin", "--fail-below", "5"],
                environment: Self.environment(ollama).merging(["REPORT": Self.report(rate: "7")]) { $1 }
            )
            #expect(outcome.status == 1, "\(outcome.errors)")
            #expect(outcome.errors.contains("nothing was measured in both reports"), "\(outcome.errors)")
            #expect(outcome.output.contains("7.00 \u{2192} not measured rows/s"), "\(outcome.output)")
        }
    }

    @Test func `writes the page into a link and a pipe, and replaces neither`() async throws {
        try await withOllamaSandbox { ollama in
            try await withTemporaryFolder { folder in
                let (target, link) = (folder + "/target.html", folder + "/link.html")
                try String(repeating: "old", count: 100_000).write(toFile: target, atomically: true, encoding: .utf8)
                try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
                let intoLink = try await Scenario.program.run(
                    ["bench"] + Self.shortest + ["--html", link],
                    environment: Self.environment(ollama)
                )
                #expect(intoLink.status == 0, "\(intoLink.errors)")
                #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
                let page = try String(contentsOfFile: target, encoding: .utf8)
                #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
                // The pipe is read to its end by then, or never.
                let intoPipe = try await Program("/bin/sh").run(
                    [
                        "-c",
                        "mkfifo \"$PIPE\"; timeout 60 cat \"$PIPE\" & \"$0\" bench \"$@\" >&2; wait; test -p \"$PIPE\"",
                        Scenario.program.path,
                    ] + Self.shortest + ["--html", folder + "/pipe"],
                    environment: Self.environment(ollama).merging(["PIPE": folder + "/pipe"]) { $1 }
                )
                #expect(intoPipe.status == 0, "\(intoPipe.errors)")
                #expect(intoPipe.output.hasPrefix("<!DOCTYPE html>") && intoPipe.output.hasSuffix("</html>\n"))
            }
        }
    }

    @Test func `writes the page to standard output, and the text elsewhere; both name who was left out`()
        async throws
    {
        try await withOllamaSandbox { ollama in
            let outcome = try await Scenario.program.run(
                ["bench"] + Self.shortest + ["--html", "-"],
                environment: Self.environment(ollama).merging(["OLLAMA_BASE_URL": "\(ollama.url),http://127.0.0.1:9"]) {
                    $1
                }
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.hasPrefix("<!DOCTYPE html>") && outcome.output.hasSuffix("</html>\n"))
            #expect(outcome.output.contains("Servers that were left out"))
            #expect(outcome.errors.contains("\n127.0.0.1:9\n  left out: "), "\(outcome.errors)")
        }
    }

    private static let shortest = [
        "--only", "embedder", "--cell-seconds", "0.2", "--in-flight", "1", "--embed-batches", "1", "--wait", "0s",
    ]

    /// With a server, and no table.
    private static func environment(_ ollama: RunningServer) -> [String: String] {
        ["OLLAMA_BASE_URL": ollama.url, "DATABASE_URL": "postgresql://127.0.0.1:9/none"]
    }

    @Test func `says what to do about a model that is missing`() async throws {
        try await withOllamaSandbox { ollama in
            let outcome = try await Scenario.program.run(
                ["bench", "--only", "embedder"],
                environment: ["OLLAMA_BASE_URL": ollama.url, "EMBEDDING_MODEL": "unknown"]
            )
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("ollama pull unknown"), "\(outcome.errors)")
        }
    }
}
