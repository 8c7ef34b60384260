import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable))
struct PostgresLockTests {
    private func lock(_ database: TestDatabase, _ name: String = "mirror", options: String = "") throws -> PostgresLock
    {
        PostgresLock(
            settings: try ConnectionSettings(database.url + options),
            name: name,
            clock: RunClock(ManualClock())
        )
    }

    @Test func `only one run of a sync has its lock`() async throws {
        try await withDatabase { database in
            let first = try lock(database)
            let second = try lock(database)
            try await first.acquire()
            let error = await #expect(throws: PipelineError.self) { try await second.acquire() }
            #expect(error?.kind == .busy)
            #expect(error?.message.contains("'mirror'") == true)
            #expect(error?.remedy?.contains("pg_stat_activity") == true)
            let other = try lock(database, "another mirror")
            try await other.acquire()
            await other.release()

            await first.release()
            await first.release()
            try await database.wait(until: "NOT EXISTS (SELECT FROM \(TestDatabase.activity))")
            try await second.acquire()
            await second.release()
        }
    }

    @Test func `the lock is free when the connection of its holder ends`() async throws {
        try await withDatabase { database in
            let first = try lock(database)
            let second = try lock(database)
            try await first.acquire()
            try await database.terminateConnections()
            try await second.acquire()
            await first.release()
            await second.release()
        }
    }

    @Test func `a lock that the server still has for its holder's broken connection is taken again`() async throws {
        try await withDatabase { database in
            // A server that is given may be reached in another way than by a unix socket.
            guard let relay = try DatabaseRelay(to: database) else { return }
            let lock = PostgresLock(
                settings: try ConnectionSettings(relay.url),
                name: "mirror",
                clock: RunClock(ContinuousClock())
            )
            try await lock.acquire()
            relay.cutOffClients()
            let other = try self.lock(database)
            await #expect(throws: PipelineError.self) { try await other.acquire() }
            let error = await #expect(throws: PipelineError.self) { try await lock.renew() }
            #expect(error?.isRetryable == true, "\(error?.message ?? "")")
            try await database.wait(until: "NOT EXISTS (SELECT FROM \(TestDatabase.activity))")
            let isTaken = try await lock.renew()
            #expect(isTaken)
            let isTakenAgain = try await lock.renew()
            #expect(!isTakenAgain)
            // Where another run has it, that one is left alone.
            relay.cutOffClients()
            try await database.terminateConnections()
            try await other.acquire()
            let refusal = await #expect(throws: PipelineError.self) { try await lock.renew() }
            #expect(refusal?.kind == .busy)
            try await database.wait(until: "(SELECT count(*) FROM \(TestDatabase.activity)) = 1")
            await other.release()
            await lock.release()
            relay.stop()
        }
    }

    @Test func `holding it holds no snapshot and outlives idle time limits`() async throws {
        try await withDatabase { database in
            let lock = try lock(database, options: "&options=-c%20idle_in_transaction_session_timeout%3D100ms")
            try await lock.acquire()
            // Longer than the limit.
            try await database.run("SELECT pg_sleep(0.3)")
            let activity = try await database.run(
                "SELECT state, backend_xmin, backend_xid FROM \(TestDatabase.activity)"
            )
            #expect(activity == "idle in transaction||")
            await lock.release()
        }
    }

    @Test func `a database that is not there is no lock`() async throws {
        try await withDatabase { database in
            let lock = try lock(database, options: "&dbname=no_such_database")
            let error = await #expect(throws: PipelineError.self) { try await lock.acquire() }
            #expect(error?.kind == .setup)
        }
    }
}
