import Foundation
import SandboxServers
import TestSupport
import Testing

/// Rows and answers of any size, against the memory that the program takes and its way out.
@Suite(
    "What is huge, deep or endless",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct ResourceTests {
    private static let mebibyte = 1 << 20

    /// A table of notes, whose columns are expressions of the row's number `i`.
    private func withNotes(
        _ count: Int,
        text: String = "'note ' || i",
        payload: String = "jsonb_build_object('n', i)",
        _ body: (Scenario, _ config: String) async throws -> Void
    ) async throws {
        let table = """
            CREATE TABLE notes (id bigint PRIMARY KEY, body text, data jsonb);
            INSERT INTO notes SELECT i, \(text), \(payload) FROM generate_series(1, \(count)) AS i;
            """
        try await withScenario(table) { scenario in
            let config = try scenario.file(
                "sync.yaml",
                "name: notes\nkey: bigint\nquery: SELECT id, body AS text, data AS payload FROM notes\n"
            )
            try await body(scenario, config)
        }
    }

    /// A payload of so many bytes, different for each row.
    private static func payload(bytes: String) -> String {
        "jsonb_build_object('code', repeat(md5(i::text), (\(bytes)) / 32))"
    }

    // MARK: Rows

    @Test func `rows of a megabyte are carried in a bounded memory`() async throws {
        let count = Torture.rounds(12, long: 300)
        try await withNotes(count, payload: Self.payload(bytes: "1048576")) { scenario, config in
            let run = try await scenario.measure("--config", config)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.count("upserted") == count)
            // A chunk is full at 8 MiB, and an upsert at 24.
            #expect(run.count("upsert_requests") >= count / 8)
            // 64 MiB in flight and a chunk that waits, once as rows and once as bodies of requests, beside the program.
            #expect(Sanitizer.isOn || run.count("peak_rss_bytes") < 256 * Self.mebibyte)
            let idle = try await scenario.measure("--config", config, "--incremental", "--deep")
            #expect(idle.status == 0, "\(idle.errors)")
            #expect(idle.count("unchanged") == count)
            // The points beside the rows, and the canonical forms of two that are compared.
            #expect(Sanitizer.isOn || idle.count("peak_rss_bytes") < 256 * Self.mebibyte)
            #expect(try await scenario.run("verify", "--config", config).status == 0)
        }
    }

    @Test func `rows of 30 megabytes are carried in a bounded memory`() async throws {
        let count = Torture.rounds(2, long: 10)
        try await withNotes(count, payload: Self.payload(bytes: "30 * 1048576")) { scenario, config in
            let run = try await scenario.measure("--config", config)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.count("upserted") == count)
            // Two in flight, as rows and as bodies of requests, one that waits, and one that libpq has in its buffers,
            // which are up to four times as large.
            #expect(Sanitizer.isOn || run.count("peak_rss_bytes") < 480 * Self.mebibyte)
        }
    }

    @Test func `a row that is more than Qdrant takes is rejected, and no other`() async throws {
        let bytes = "CASE WHEN i = 5 THEN 34 * 1048576 ELSE 1000 END"
        try await withNotes(9, payload: Self.payload(bytes: bytes)) { scenario, config in
            let run = try await scenario.measure("--config", config)
            #expect(run.status == 3, "\(run.errors)")
            #expect(run.count("upserted") == 8)
            let rejections = try #require(run.report["rejections"] as? [[String: String]])
            #expect(rejections.map { $0["key"] } == ["5"])
            #expect(rejections.first?["reason"]?.contains("larger than allowed") == true, "\(rejections)")
            #expect(try await scenario.pointCount() == 8)
        }
    }

    @Test func `rejected rows are all in the journal, and neither in the memory nor in the report`() async throws {
        let count = Torture.rounds(5_000, long: 100_000)
        try await withNotes(count + 10, text: "CASE WHEN i <= 10 THEN 'note ' || i ELSE ' ' END") { scenario, config in
            let run = try await scenario.measure("--config", config, "--max-rejects", "200000")
            #expect(run.status == 3, "\(run.errors.suffix(500))")
            #expect(run.count("rejected") == count)
            #expect(run.count("upserted") == 10)
            #expect((run.report["rejections"] as? [Any])?.count == 1_000)
            #expect(try Data(contentsOf: URL(fileURLWithPath: scenario.reportPath)).count < 200_000)
            // The keys are kept, so that a row that is met again is not counted twice.
            #expect(Sanitizer.isOn || run.count("peak_rss_bytes") < 160 * Self.mebibyte)
            let journal = try await scenario.run("journal", "--config", config)
            #expect(
                journal.output.split(separator: "\n").count { $0.contains("rejected ") && $0.contains(": ") } >= count
            )
        }
    }

    @Test func `a payload nested deeper than Qdrant reads is rejected wherever it is met`() async throws {
        let nested = #"(repeat('{"a":', 10000) || i || repeat('}', 10000))::jsonb"#
        let payload = "CASE WHEN i = 3 THEN \(nested) ELSE jsonb_build_object('n', i) END"
        try await withNotes(6, payload: payload) { scenario, config in
            for arguments in [
                [], ["--incremental"], ["--incremental", "--deep"], ["--rebuild", "--replace-collection"],
            ] {
                let outcome = try await Scenario.program.run(
                    ["sync", "--config", config, "--report", scenario.reportPath] + arguments,
                    environment: scenario.environment
                )
                #expect(outcome.status == 3, "\(arguments) \(outcome.errors)")
                let rejections = try #require(try scenario.report()["rejections"] as? [[String: String]])
                #expect(rejections.map { $0["key"] } == ["3"], "\(arguments)")
                #expect(rejections.first?["reason"]?.contains("recursion limit") == true, "\(rejections)")
                #expect(try await scenario.pointCount() == 5)
            }
            let verdict = try await scenario.run("verify", "--config", config)
            #expect(verdict.status == 4, "\(verdict.errors)")
        }
    }

    // MARK: Answers

    @Test(arguments: [FaultKind.hugeBody(1 << 30), .endlessBody(chunkBytes: 1 << 16, delay: .zero)])
    func `an embedding without measure is its row's fault`(_ fault: FaultKind) async throws {
        try await withNotes(40) { scenario, config in
            let ollama = try #require(scenario.servers.sandbox?.ollama[0])
            ollama.faults.set(FaultRule(.embed, match: "note 17", fault))
            let run = try await scenario.measure("--config", config)
            #expect(run.status == 3, "\(run.errors)")
            let rejections = try #require(run.report["rejections"] as? [[String: String]])
            #expect(rejections.map { $0["key"] } == ["17"])
            #expect(rejections.first?["reason"]?.contains("larger than") == true, "\(rejections)")
            #expect(try await scenario.pointCount() == 39)
            #expect(Sanitizer.isOn || run.count("peak_rss_bytes") < 96 * Self.mebibyte)
        }
    }

    @Test(arguments: [FaultKind.hugeBody(1 << 30), .endlessBody(chunkBytes: 1 << 16, delay: .zero)])
    func `an upsert's answer without measure is an outage`(_ fault: FaultKind) async throws {
        try await withNotes(40) { scenario, config in
            let qdrant = try #require(scenario.servers.sandbox?.qdrant)
            qdrant.faults.set(FaultRule(.upsert, fault))
            let run = try await scenario.measure("--config", config, "--max-outage", "1s")
            #expect(run.status == 75, "\(run.errors)")
            #expect(run.errors.contains("larger than"), "\(run.errors)")
            #expect(Sanitizer.isOn || run.count("peak_rss_bytes") < 256 * Self.mebibyte)
            qdrant.faults.clear()
            let again = try await scenario.measure("--config", config)
            #expect(again.status == 0, "\(again.errors)")
            #expect(try await scenario.pointCount() == 40)
        }
    }

    @Test(arguments: [true, false])
    func `answers without end at the start are the set-up's fault`(ofQdrant isQdrant: Bool) async throws {
        try await withNotes(3) { scenario, config in
            let sandbox = try #require(scenario.servers.sandbox)
            let server = isQdrant ? sandbox.qdrant : sandbox.ollama[0]
            server.faults.set(FaultRule(.path("/"), .endlessBody(chunkBytes: 1 << 16, delay: .zero)))
            let outcome = try await scenario.run("sync", "--config", config, "--wait", "1s")
            #expect(outcome.status == 1, "\(outcome.errors)")
            #expect(outcome.errors.contains("larger than"), "\(outcome.errors)")
        }
    }

    /// Takes as long as the longest request may: five minutes.
    @Test(.enabled(if: Torture.isOn), arguments: [true, false])
    func `an answer that drips for ever ends the run when the request's time is over`(
        ofQdrant isQdrant: Bool
    ) async throws {
        try await withNotes(40) { scenario, config in
            let sandbox = try #require(scenario.servers.sandbox)
            let drip = FaultKind.endlessBody(chunkBytes: 1, delay: .milliseconds(500))
            if isQdrant {
                sandbox.qdrant.faults.set(FaultRule(.upsert, drip))
            } else {
                sandbox.ollama[0].faults.set(FaultRule(.embed, match: "note", drip))
            }
            let run = try await scenario.measure("--config", config, "--max-outage", "10s")
            #expect(run.status == 75, "\(run.errors)")
            #expect(Sanitizer.isOn || run.count("peak_rss_bytes") < 160 * Self.mebibyte)
        }
    }
}
