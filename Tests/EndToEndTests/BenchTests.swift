import Bench
import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

/// One after another: they measure, and would only measure each other. What the servers take for a text is long, so that
/// on a busy machine it still is what counts.
@Suite(
    "A benchmark",
    .serialized,
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct BenchTests {
    static let table = PatternTable.creation() + PatternTable.rows(1...300)
    /// Short, and few of them.
    private static let short = ["--cell-seconds", "0.5", "--embed-batches", "1,4", "--in-flight", "1,2"]
    /// One setting only.
    private static let shortest = ["--only", "embedder", "--embed-batches", "1", "--in-flight", "1"]

    func bench(
        _ scenario: Scenario,
        _ arguments: String...,
        environment: [String: String] = [:]
    ) async throws -> Program.Outcome {
        try await bench(scenario, arguments, environment: environment)
    }

    func bench(
        _ scenario: Scenario,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) async throws -> Program.Outcome {
        try await Scenario.program.run(
            ["bench"] + Self.short + arguments,
            environment: scenario.environment.merging(environment) { $1 }
        )
    }

    func report(_ text: String) throws -> BenchReport {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(BenchReport.self, from: Data(text.utf8))
    }

    func rate(_ stage: StageReport.Name, _ report: BenchReport) -> Double {
        report.stages.first { $0.name == stage }?.rowsPerSecond.mean ?? 0
    }

    /// The names of all collections.
    func collections(_ scenario: Scenario) async throws -> [String] {
        let client = try HTTPClient(configuration: .init(userAgent: "tests"))
        let response = try await client.send(HTTPRequest(.get, "\(scenario.servers.qdrantURL)/collections"))
        await client.shutDown()
        let answer = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        let listed = (answer?["result"] as? [String: Any])?["collections"] as? [[String: Any]]
        return (listed ?? []).compactMap { $0["name"] as? String }
    }

    @Test func `measures every stage of a sync, and leaves nothing behind`() async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(40))) { scenario in
            let outcome = try await bench(scenario, "--json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let report = try report(outcome.output)
            #expect(report.status == .completed)
            #expect(report.texts.origin == .table)
            #expect(report.texts.count == 200)
            #expect(report.model.dimension == 768)
            #expect(report.model.contextLength == 2_048)
            let server = try #require(report.servers.first)
            #expect(server.execution == .serial)
            #expect(server.cells.count == 4)
            #expect(server.cells.allSatisfy { $0.errors == 0 && ($0.tokensPerSecond ?? 0) > 0 })
            #expect(server.coldLoad?.hadToLoad == true)
            // Twenty-five a second is what the server can do.
            #expect((4...26).contains(rate(.embedder, report)), "\(report.stages)")
            #expect(report.stages.map(\.name) == StageReport.Name.allCases)
            #expect(rate(.source, report) > rate(.embedder, report))
            #expect(rate(.sink, report) > rate(.embedder, report))
            #expect((2...50).contains(rate(.pipeline, report)), "\(report.stages)")
            #expect(report.bottleneck == .embedder)
            let recommended = try #require(report.recommendation)
            #expect(
                recommended.command
                    == "pattern-sync --concurrency \(recommended.concurrency) --embed-batch \(recommended.embedBatch)"
            )
            #expect(try await collections(scenario).isEmpty)
        }
    }

    @Test func `tells a server that works at several texts at a time`() async throws {
        try await withScenario(
            Self.table,
            ollama: .init(serviceTime: .milliseconds(150), parallelTexts: 4)
        ) { scenario in
            let outcome = try await bench(scenario, "--json", "--only", "embedder", "--in-flight", "1,4")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let report = try report(outcome.output)
            #expect(report.servers.first?.execution == .parallel, "\(report.servers)")
            #expect(report.stages.map(\.name) == [.embedder])
            #expect(try await collections(scenario).isEmpty)
        }
    }

    @Test func `compares servers, and measures them together`() async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(40))) { scenario in
            try await withOllamaSandbox(.init(serviceTime: .milliseconds(160))) { slow in
                let outcome = try await bench(
                    scenario,
                    "--json",
                    "--only",
                    "embedder",
                    environment: ["OLLAMA_BASE_URL": "\(scenario.servers.ollamaURL),\(slow.url)"]
                )
                #expect(outcome.status == 0, "\(outcome.errors)")
                let report = try report(outcome.output)
                #expect(report.servers.count == 2)
                let rates = report.servers.map { server in
                    server.cells.first { $0.setting == server.best }?.textsPerSecond.mean ?? 0
                }
                #expect(rates[0] > 1.5 * rates[1], "\(rates)")
                #expect(rate(.embedder, report) > rates[1], "\(rates), \(report.stages)")
                #expect(report.recommendation?.reason.contains("times as fast as") == true)
            }
        }
    }

    @Test func `shows a table, writes a page, and knows when it has got slower`() async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(20))) { scenario in
            let page = scenario.folder + "/page.html"
            let before = scenario.folder + "/before.json"
            let first = try await bench(scenario, Self.shortest + ["--html", page])
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.output.contains("pattern-sync --concurrency"))
            #expect(try String(contentsOfFile: page, encoding: .utf8).contains("</html>"))
            let recorded = try await bench(scenario, Self.shortest + ["--json"])
            try recorded.output.write(toFile: before, atomically: true, encoding: .utf8)
            let same = try await bench(scenario, Self.shortest + ["--compare", before, "--fail-below", "99"])
            #expect(same.status == 0, "\(same.errors)")
            try await withOllamaSandbox(.init(serviceTime: .milliseconds(600))) { slow in
                let worse = try await bench(
                    scenario,
                    "--only",
                    "embedder",
                    "--compare",
                    before,
                    "--fail-below",
                    "60",
                    environment: ["OLLAMA_BASE_URL": slow.url]
                )
                #expect(worse.status == 1, "\(worse.output)")
                #expect(worse.errors.contains("60.0 % slower"), "\(worse.errors)")
            }
        }
    }

    @Test func `needs neither a database nor a Qdrant`() async throws {
        try await withOllamaSandbox(.init(serviceTime: .milliseconds(2))) { ollama in
            let outcome = try await Scenario.program.run(
                ["bench", "--json", "--wait", "0s"] + Self.short,
                environment: [
                    "OLLAMA_BASE_URL": ollama.url, "DATABASE_URL": "postgresql://127.0.0.1:9/none",
                    "QDRANT_URL": "http://127.0.0.1:9",
                ]
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            let report = try report(outcome.output)
            #expect(report.texts.origin == .builtIn)
            #expect(rate(.embedder, report) > 1)
            for stage in [StageReport.Name.source, .sink, .pipeline] {
                let left = report.stages.first { $0.name == stage }
                #expect(left?.rowsPerSecond.samples == 0)
                #expect(left?.note?.isEmpty == false, "\(stage)")
            }
            #expect(report.bottleneck == nil)
        }
    }

    @Test(arguments: ["1.15.4", "1.16.0"])
    func `removes its collection when an upsert fails, and tells`(version: String) async throws {
        try await withScenario(Self.table, qdrant: .init(version: version)) { scenario in
            scenario.servers.sandbox?.qdrant.faults.set(.init(.upsert, .status(500)))
            let outcome = try await scenario.run("bench", "--json", "--cell-seconds", "0.5", "--only", "sink")
            scenario.servers.sandbox?.qdrant.faults.clear()
            #expect(outcome.status == 1, "\(outcome.output)")
            #expect(outcome.errors.contains("500"), "\(outcome.errors)")
            #expect(!outcome.errors.contains("may be left over"), "\(outcome.errors)")
            #expect(try await collections(scenario).isEmpty)
        }
    }

    @Test func `unloads a model only when it is told to`() async throws {
        try await withScenario(Self.table, ollama: .init(loadTime: .milliseconds(300))) { scenario in
            let cold = try await bench(scenario, Self.shortest + ["--json"])
            let warm = try await bench(scenario, Self.shortest + ["--json"])
            let forced = try await bench(scenario, Self.shortest + ["--json", "--cold"])
            let loads = try [cold, warm, forced].map { try report($0.output).servers.first?.coldLoad }
            #expect(loads.map(\.?.hadToLoad) == [true, false, true])
            #expect((loads[2]?.loadSeconds ?? 0) >= 0.3)
            #expect(forced.errors.contains("is unloaded"), "\(forced.errors)")
        }
    }
}
