internal import Foundation

/// A PostgreSQL server of one test's own, which can be stopped in the midst of its work and started again.
package actor PostgresCluster {
    /// Its only database.
    package nonisolated let database: TestDatabase

    private let home: String
    private let tools: String
    /// Becomes the user that owns the files: PostgreSQL refuses to run as root.
    private let asOwner: [String]
    private var server: RunningProgram?

    struct StartError: Error, CustomStringConvertible {
        let description: String
    }

    fileprivate init() async throws {
        let find = "find /usr/lib/postgresql -name initdb -type f 2>/dev/null | sort -V | tail -n 1"
        let initdb = try await Self.run(["sh", "-c", find])
        tools = String(initdb.dropLast("/initdb".count))
        // Short: the path of a unix socket may have 107 characters.
        home = try await Self.run(["mktemp", "-d", "/tmp/pg.XXXXXX"])
        let isRoot = getuid() == 0
        let owner = isRoot ? "postgres" : try await Self.run(["id", "-un"])
        asOwner = isRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] : []
        database = TestDatabase(url: "postgresql:///postgres?host=\(home)&user=\(owner)")
        if isRoot { _ = try await Self.run(["chown", "postgres", home]) }
        _ = try await Self.run(["chmod", "711", home])
        _ = try await Self.run(
            asOwner + [
                tools + "/initdb", "-D", home + "/data", "-U", owner, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                "--no-sync",
            ]
        )
    }

    /// Starts the server; returns when it takes connections.
    package func start() async throws {
        let server = try launch()
        // A minute is far longer than a start takes, recovery included.
        for _ in 0..<6_000 where server.isRunning {
            // The eighth line tells how far it is.
            let state = try? String(contentsOfFile: home + "/data/postmaster.pid", encoding: .utf8)
            if state?.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(7).first?
                .hasPrefix("ready") == true
            {
                return
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw StartError(description: server.errors)
    }

    /// Starts the server as one that takes a while, and returns at once: to who connects meanwhile it says that it is
    /// starting up.
    ///
    /// It looks for files of an archive, of which there are none, and takes a second to find that.
    package func startSlowly() async throws {
        _ = try await Self.run(asOwner + ["touch", home + "/data/recovery.signal"])
        // No connections before recovery is over, not even such as only read.
        _ = try launch("-c", "restore_command=sleep 1; false", "-c", "hot_standby=off")
    }

    /// Stops the server at once: connections break off, and what was committed is recovered at the next start.
    package func stop() async {
        guard let server else { return }
        self.server = nil
        // What `pg_ctl stop -m immediate` sends.
        server.send(signal: SIGQUIT)
        _ = await server.outcome()
    }

    private func launch(_ options: String...) throws -> RunningProgram {
        let started = try Program("/usr/bin/env").start(
            asOwner + [tools + "/postgres", "-D", home + "/data", "-k", home, "-c", "listen_addresses="]
                + ["-c", "fsync=off"] + options
        )
        server = started
        return started
    }

    fileprivate func remove() async {
        await stop()
        try? FileManager.default.removeItem(atPath: home)
    }

    private static func run(_ command: [String]) async throws -> String {
        let outcome = try await Program("/usr/bin/env").run(command)
        guard outcome.status == 0 else {
            throw StartError(description: "\(command.joined(separator: " ")): \(outcome.errors)\(outcome.output)")
        }
        return outcome.output.hasSuffix("\n") ? String(outcome.output.dropLast()) : outcome.output
    }
}

/// Runs `body` with a server that has just been started, and removes it.
package func withPostgresCluster<Result>(_ body: (PostgresCluster) async throws -> Result) async throws -> Result {
    let cluster = try await PostgresCluster()
    do {
        try await cluster.start()
        let result = try await body(cluster)
        await cluster.remove()
        return result
    } catch {
        await cluster.remove()
        throw error
    }
}
