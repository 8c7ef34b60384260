internal import Foundation

/// A database of one test's own, on the PostgreSQL server that `TEST_DATABASE_URL` names.
package struct TestDatabase: Sendable {
    /// Connects to it.
    package let url: String

    /// - Parameter url: of a database that is there.
    package init(url: String) {
        self.url = url
    }

    /// Whether there is a server to make databases on: `make test` starts one.
    package static var isAvailable: Bool { server != nil }

    private static var server: String? { ProcessInfo.processInfo.environment["TEST_DATABASE_URL"] }

    /// Runs SQL with `psql`, so that what the program reads is checked by something else than the program.
    ///
    /// - Returns: the rows, their columns separated by `|`, without a line end behind the last.
    @discardableResult
    package func run(_ sql: String) async throws -> String {
        try await Self.psql(url, sql)
    }

    fileprivate static func psql(_ url: String, _ sql: String) async throws -> String {
        let psql = try await Program("/usr/bin/env").run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-", url],
            input: sql
        )
        guard psql.status == 0 else { throw PSQLError(description: psql.errors) }
        return psql.output.hasSuffix("\n") ? String(psql.output.dropLast()) : psql.output
    }

    fileprivate static func address(of database: String) throws -> String {
        guard let server, let slash = server.range(of: "/postgres") else {
            throw PSQLError(description: "TEST_DATABASE_URL names no database 'postgres'")
        }
        return server.replacingCharacters(in: slash, with: "/" + database)
    }
}

struct PSQLError: Error, CustomStringConvertible {
    let description: String
}

/// Makes a database, runs `body` with it, and drops it.
///
/// - Parameter options: what `CREATE DATABASE` is told beside the name and the template, such as an encoding.
package func withDatabase<Result>(
    _ options: String = "",
    _ body: (TestDatabase) async throws -> Result
) async throws -> Result {
    let name = "test_\(UInt64.random(in: 0...UInt64.max))"
    let server = try TestDatabase.address(of: "postgres")
    _ = try await TestDatabase.psql(server, "CREATE DATABASE \(name) TEMPLATE template0 \(options)")
    let database = TestDatabase(url: try TestDatabase.address(of: name))
    do {
        let result = try await body(database)
        _ = try await TestDatabase.psql(server, "DROP DATABASE \(name) WITH (FORCE)")
        return result
    } catch {
        _ = try? await TestDatabase.psql(server, "DROP DATABASE \(name) WITH (FORCE)")
        throw error
    }
}
