import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

/// What the program does when the file system does not let it keep its journal. Half of the rows are rejected, so that the
/// journal grows with every second of a run.
@Suite(
    "A journal that cannot be written",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct JournalDamageTests {
    private static let table = """
        CREATE TABLE notes (id uuid PRIMARY KEY, body text, meta jsonb);
        INSERT INTO notes
        SELECT md5(i::text)::uuid, CASE WHEN i % 2 = 0 THEN ' ' ELSE 'note ' || i END, '{}'
        FROM generate_series(1, 800) AS i;
        """

    private func configuration(_ scenario: Scenario) throws -> String {
        try scenario.file(
            "sync.yaml",
            """
            name: notes
            key: uuid
            query: SELECT id, body AS text, meta AS payload FROM notes
            allow_rejects: 400
            """
        )
    }

    /// A line of `pattern-sync journal --json`.
    private struct Entry: Decodable {
        struct Tally: Decodable {
            let rows_read: Int
        }

        let event: String
        let tally: Tally?
    }

    private func entries(_ scenario: Scenario, _ config: String) async throws -> [Entry] {
        let outcome = try await scenario.run("journal", "--json", "--config", config)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try outcome.output.split(separator: "\n").map {
            try JSONDecoder().decode(Entry.self, from: Data($0.utf8))
        }
    }

    /// Expects one clear line of error, and a next run that takes up the last durable mark and comes to the end.
    private func expectResumption(
        of stopped: Program.Outcome,
        saying text: String,
        _ scenario: Scenario,
        _ config: String
    ) async throws {
        #expect(stopped.status == 1, "\(stopped.errors)")
        let complaints = stopped.errors.split(separator: "\n").filter { $0.contains(" error: ") }
        #expect(complaints.count == 1, "\(stopped.errors)")
        #expect(complaints.first?.contains(text) == true, "\(stopped.errors)")
        let before = try await entries(scenario, config)
        let mark = before.last { $0.event == "checkpoint" }?.tally?.rows_read
        #expect(before.allSatisfy { $0.event != "ended" })

        let next = try await scenario.run("--config", config, "--report", scenario.reportPath)
        #expect(next.status == 0, "\(next.errors)")
        let report = try scenario.report()
        #expect(report["attempt"] as? Int == 2)
        #expect(report["rows_read"] as? Int == 800)
        #expect(report["rejected"] as? Int == 400)
        #expect((report["resumed_from"] is String) == (mark != nil))
        #expect(try await scenario.pointCount() == 400)
        let after = try await entries(scenario, config)
        #expect(after.last?.event == "ended")
        let rejected = after.filter { $0.event == "rejected" }.count
        #expect(rejected == 400)
    }

    @Test(.enabled(if: getuid() == 0, "only root can mount file systems"))
    func `ends the run with one clear line when its disk is full, and the next run resumes`() async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(8))) { scenario in
            let config = try configuration(scenario)
            try FileManager.default.createDirectory(atPath: scenario.journal, withIntermediateDirectories: true)
            guard mount("tmpfs", scenario.journal, "tmpfs", 0, "size=64k") == 0 else {
                try Test.cancel("root may not mount here: \(String(cString: strerror(errno)))")
            }
            defer { umount2(scenario.journal, Int32(MNT_DETACH)) }
            let program = try scenario.start("--config", config, "--batch-size", "20", "--window", "4")
            try await scenario.waitForPoints(160, of: program)
            let filler = scenario.journal + "/filler"
            try fill(filler)
            let stopped = await program.outcome()
            try FileManager.default.removeItem(atPath: filler)
            try await expectResumption(of: stopped, saying: "No space left on device", scenario, config)
        }
    }

    @Test func `ends the run with one clear line when its file may not grow, and the next run resumes`() async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(8))) { scenario in
            let config = try configuration(scenario)
            // What the shell counts in: blocks of 512 bytes. The process inherits the limit, not how the signal is met.
            let stopped = try await Program("/bin/sh").run(
                [
                    "-c", "ulimit -f 8; exec \"$0\" \"$@\"", Scenario.program.path, "--config", config, "--batch-size",
                    "20",
                ],
                environment: scenario.environment
            )
            try await expectResumption(of: stopped, saying: "File too large", scenario, config)
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can mount file systems"))
    func `is refused before anything is written when the file system is read-only`() async throws {
        try await withScenario(Self.table) { scenario in
            let config = try configuration(scenario)
            try FileManager.default.createDirectory(atPath: scenario.journal, withIntermediateDirectories: true)
            guard mount("tmpfs", scenario.journal, "tmpfs", UInt(MS_RDONLY), "size=64k") == 0 else {
                try Test.cancel("root may not mount here: \(String(cString: strerror(errno)))")
            }
            defer { umount2(scenario.journal, Int32(MNT_DETACH)) }
            let outcome = try await scenario.run("--config", config)
            #expect(outcome.status == 1, "\(outcome.errors)")
            #expect(outcome.errors.contains("Read-only file system"), "\(outcome.errors)")
            #expect(outcome.errors.contains("--journal DIR"), "\(outcome.errors)")
            #expect(try await scenario.qdrant(.get, "").status == 404)
        }
    }

    @Test func `lets exactly one of many runs begin that start at once`() async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(10))) { scenario in
            let config = try configuration(scenario)
            let statuses = try await withThrowingTaskGroup(of: Int32.self) { group in
                for _ in 0..<6 {
                    let program = try scenario.start("--config", config)
                    group.addTask { await program.outcome().status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [0, 75, 75, 75, 75, 75])
            #expect(try await scenario.pointCount() == 400)
        }
    }

    /// Writes to a file until there is no room.
    private func fill(_ path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        let page = [UInt8](repeating: 1, count: 4096)
        while write(file, page, page.count) > 0 {}
        try #require(errno == ENOSPC)
    }
}
