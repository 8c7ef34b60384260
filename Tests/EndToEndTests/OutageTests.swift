import Foundation
import SandboxServers
import TestSupport
import Testing

/// Servers that are gone for a while: their processes are killed, and started again at the same addresses.
@Suite(
    "An outage in the midst of a sync",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct OutageTests {
    private static let rows = 400
    private static let table = PatternTable.creation() + PatternTable.rows(1...rows)
    /// Small chunks, so that the run is at all its servers all the time.
    private static let size = ["--batch-size", "20", "--window", "4", "--report"]

    enum Server: CaseIterable {
        case embedders, qdrant, postgres

        /// As log lines call it.
        var name: String {
            switch self {
            case .embedders: "embedder"
            case .qdrant: "sink"
            case .postgres: "source"
            }
        }
    }

    static let modes = [[], ["--incremental"]]

    /// Runs `body` with a program that has stored some rows and is far from its end.
    private func withSync(
        _ arguments: [String],
        of servers: [Server],
        logLevel: String = "info",
        _ body: (Scenario, Machines, RunningProgram) async throws -> Void
    ) async throws {
        try await withMachines(
            Self.table,
            embedders: 2,
            serviceTime: 12,
            ownsPostgres: servers.contains(.postgres)
        ) { scenario, machines in
            let program = try Scenario.program.start(
                Self.size + [scenario.reportPath, "--log-level", logLevel] + arguments,
                environment: scenario.environment
            )
            try await scenario.waitForPoints(40, of: program)
            // It holds its breath until something is gone, however slow the machine is.
            program.send(signal: SIGSTOP)
            do {
                try await body(scenario, machines, program)
            } catch {
                program.send(signal: SIGKILL)
                throw error
            }
        }
    }

    private func expectWaiting(for server: Server, _ scenario: Scenario, _ program: RunningProgram) async throws {
        try await scenario.wait(for: program) { program.errors.contains("waiting for the \(server.name): ") }
    }

    /// Expects the run to have gone on, and to have carried every row exactly once.
    private func expectWhole(_ scenario: Scenario, _ program: RunningProgram, after servers: [Server]) async throws {
        let outcome = await program.outcome()
        #expect(outcome.status == 0, "\(outcome.errors)")
        for server in servers { #expect(outcome.errors.contains("the \(server.name) is back"), "\(outcome.errors)") }
        let report = try scenario.report()
        #expect(report["rows_read"] as? Int == Self.rows)
        #expect(report["upserted"] as? Int == Self.rows)
        #expect(report["rejected"] as? Int == 0)
        #expect(report["attempt"] as? Int == 1)
        try await scenario.expectMirror()
    }

    @Test(arguments: Server.allCases, modes)
    func `of one kind of server is waited out, and told`(_ server: Server, _ mode: [String]) async throws {
        try await withSync(mode, of: [server]) { scenario, machines, program in
            try await machines.stop(server)
            program.send(signal: SIGCONT)
            try await expectWaiting(for: server, scenario, program)
            #expect(program.isRunning)
            try await machines.start(server)
            try await expectWhole(scenario, program, after: [server])
        }
    }

    @Test(arguments: modes)
    func `of all servers is waited out, and each is told`(_ mode: [String]) async throws {
        try await withSync(mode, of: Server.allCases) { scenario, machines, program in
            try await machines.stop(.qdrant)
            program.send(signal: SIGCONT)
            try await expectWaiting(for: .qdrant, scenario, program)
            try await machines.stop(.embedders)
            try await machines.stop(.postgres)
            // They come back in the order in which a chunk that is stored makes room for the next one, which is read and
            // embedded: so each of them is missed.
            for (server, next) in [(Server.qdrant, Server.postgres), (.postgres, .embedders)] {
                try await machines.start(server)
                try await expectWaiting(for: next, scenario, program)
            }
            try await machines.start(.embedders)
            try await expectWhole(scenario, program, after: Server.allCases)
        }
    }

    @Test func `of all servers at once is waited out by a rebuild, while the name stands for what is whole`()
        async throws
    {
        try await withMachines(
            Self.table,
            embedders: 2,
            serviceTime: 12,
            ownsPostgres: true
        ) { scenario, machines in
            let arguments = ["--rebuild"] + Self.size + [scenario.reportPath]
            let first = try await Scenario.program.run(arguments, environment: scenario.environment)
            #expect(first.status == 0, "\(first.errors)")
            // Other texts, so that the next generation takes no vectors over.
            try await scenario.database.run("UPDATE pattern_lineage_nodes SET pattern_name = 'renamed ' || pattern_id")
            let program = try Scenario.program.start(arguments, environment: scenario.environment)
            try await scenario.wait(for: program) { try await scenario.pointCount("__g2") >= 40 }
            for server in Server.allCases { try await machines.stop(server) }
            try await scenario.wait(for: program) { program.errors.contains("waiting for the ") }
            for server in Server.allCases { try await machines.start(server) }
            #expect(try await scenario.generations().first { $0.state == "live" }?.number == 1)
            #expect(try await scenario.pointCount() == Self.rows)
            try await expectWhole(scenario, program, after: [])
            #expect(try await scenario.generationStates() == ["previous", "live"])
        }
    }

    @Test func `of PostgreSQL ends when it has started up, not when it answers`() async throws {
        try await withSync([], of: [.postgres], logLevel: "debug") { scenario, machines, program in
            try await machines.stop(.postgres)
            try await machines.postgres?.startSlowly()
            program.send(signal: SIGCONT)
            try await scenario.wait(for: program) { program.errors.contains("the database system is starting up") }
            try await expectWhole(scenario, program, after: [.postgres])
        }
    }

    @Test func `of PostgreSQL at the start is waited for too`() async throws {
        try await withMachines(Self.table, embedders: 2, serviceTime: 0, ownsPostgres: true) { scenario, machines in
            try await machines.stop(.postgres)
            try await machines.postgres?.startSlowly()
            let program = try Scenario.program.start(
                Self.size + [scenario.reportPath],
                environment: scenario.environment
            )
            try await expectWaiting(for: .postgres, scenario, program)
            try await expectWhole(scenario, program, after: [.postgres])
        }
    }

    @Test(arguments: Server.allCases, Torture.isOn ? modes : [[]])
    func `that outlasts the patience ends the run, and the next one resumes it`(
        _ server: Server,
        _ mode: [String]
    ) async throws {
        try await withSync(mode + ["--max-outage", "600ms"], of: [server]) { scenario, machines, program in
            try await machines.stop(server)
            program.send(signal: SIGCONT)
            let stopped = await program.outcome()
            #expect(stopped.status == 75, "\(stopped.errors)")
            #expect(stopped.errors.contains("waiting for the \(server.name): "), "\(stopped.errors)")
            let error = try scenario.report()["error"] as? [String: Any]
            #expect(error?["kind"] as? String == "outage")
            try await machines.start(server)

            let run = try await Scenario.program.run(
                Self.size + [scenario.reportPath] + mode,
                environment: scenario.environment
            )
            #expect(run.status == 0, "\(run.errors)")
            let report = try scenario.report()
            #expect(report["rows_read"] as? Int == Self.rows)
            if mode.isEmpty {
                #expect(report["attempt"] as? Int == 2)
                #expect(report["upserted"] as? Int == Self.rows)
            } else {
                // The digests of all rows are one chunk: there is no mark before its end, but what was written is found.
                #expect(report["attempt"] as? Int == 1)
                #expect(report["upserted"] as? Int ?? .max <= Self.rows - 40)
            }
            try await scenario.expectMirror()
        }
    }

    @Test func `of one embedding server among several costs nothing but its share`() async throws {
        try await withSync([], of: []) { scenario, machines, program in
            await machines.embedders[1].kill()
            program.send(signal: SIGCONT)
            let outcome = await program.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("waiting for the embedder: "), "\(outcome.errors)")
            #expect(try scenario.report()["rows_read"] as? Int == Self.rows)
            try await scenario.expectMirror()
        }
    }

    @Test func `of one embedding server lets it rest while the others go on, until it is well`() async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(10)), count: 3) { scenario in
            let servers = try #require(scenario.servers.sandbox?.ollama)
            let program = try scenario.start("--batch-size", "20", "--window", "6", "--report", scenario.reportPath)
            try await scenario.waitForPoints(20, of: program)
            servers[0].faults.set(.init(.embed, .reset))
            let before = servers.map { $0.stats().textsEmbedded }
            try await scenario.waitForPoints(300, of: program)
            // The rests grow: a request or two of each, and those that were under way.
            let asked = servers[0].faults.fired[0]
            #expect(asked >= 1)
            #expect(asked <= 12)
            let during = servers.map { $0.stats().textsEmbedded }
            #expect(during[0] - before[0] <= 2 * 16)
            #expect(during[1] - before[1] >= 60)
            #expect(during[2] - before[2] >= 60)
            servers[0].faults.clear()
            let outcome = await program.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect((try scenario.report()["retries"] as? Int ?? 0) >= 1)
            try await scenario.expectMirror()
        }
    }
}

extension Machines {
    func stop(_ server: OutageTests.Server) async throws {
        switch server {
        case .embedders: for process in embedders { await process.kill() }
        case .qdrant: await qdrant.kill()
        case .postgres: await postgres?.stop()
        }
    }

    func start(_ server: OutageTests.Server) async throws {
        switch server {
        case .embedders: for process in embedders { try await process.start() }
        case .qdrant: try await qdrant.start()
        case .postgres: try await postgres?.start()
        }
    }
}
