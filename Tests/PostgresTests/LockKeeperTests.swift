import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable), .timeLimit(.minutes(5)))
struct LockKeeperTests {
    private static let interval = Duration.seconds(5)

    /// A lock that is held, work under it that goes on until the gate is opened, and the time, which is moved by hand.
    private struct Fixture {
        let database: TestDatabase
        let lock: PostgresLock
        let clock: ManualClock
        let gate = Gate()
        let renewals = Level()

        /// - Parameter url: where the lock is taken, if not simply at the database's own.
        init(_ database: TestDatabase, at url: String? = nil, clock: ManualClock = ManualClock()) async throws {
            self.database = database
            self.clock = clock
            lock = try Self.lock(url ?? database.url)
            try await lock.acquire()
        }

        static func lock(_ url: String) throws -> PostgresLock {
            PostgresLock(
                settings: try ConnectionSettings(url),
                name: "mirror",
                clock: RunClock(ContinuousClock())
            )
        }

        /// Does the work; answers how it ended.
        func work() async -> Result<String, PipelineError> {
            let policy = RetryPolicy(base: .seconds(1), maxOutage: .seconds(60)) { 1 }
            let retrier = Retrier(policy: policy, clock: RunClock(clock), observer: RecordingObserver())
            let keeper = LockKeeper(lock, every: LockKeeperTests.interval, retrier: retrier) { [renewals] in
                renewals.change(by: 1)
            }
            do throws(PipelineError) {
                return .success(
                    try await keeper.whileHeld { [gate] () async throws(PipelineError) in
                        try await gate.pass()
                        return "done"
                    }
                )
            } catch {
                return .failure(error)
            }
        }

        /// Moves the time on to the next look at the connection.
        func lookAtConnection() async {
            await clock.sleepers.reaches(1)
            clock.advance(by: LockKeeperTests.interval)
        }

        /// How many have the lock.
        func holders() async throws -> String {
            try await database.run(
                """
                SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """
            )
        }
    }

    @Test func `takes the lock again when its connection broke, and the work goes on`() async throws {
        try await withDatabase { database in
            let fixture = try await Fixture(database)
            async let outcome = fixture.work()
            for round in 1...3 {
                await fixture.clock.sleepers.reaches(1)
                try await database.terminateConnections()
                #expect(try await fixture.holders() == "0")
                await fixture.lookAtConnection()
                await fixture.renewals.reaches(round)
                #expect(try await fixture.holders() == "1")
            }
            fixture.gate.open()
            let result = await outcome
            #expect(try result.get() == "done")
            await fixture.lock.release()
            #expect(try await fixture.holders() == "0")
        }
    }

    @Test func `cancels the work when another run took the lock meanwhile`() async throws {
        try await withDatabase { database in
            let fixture = try await Fixture(database)
            async let outcome = fixture.work()
            await fixture.gate.held.reaches(1)
            try await database.terminateConnections()
            let other = try Fixture.lock(database.url)
            try await other.acquire()
            await fixture.lookAtConnection()
            // The gate is never opened.
            let result = await outcome
            let error = #expect(throws: PipelineError.self) { try result.get() }
            #expect(error?.kind == .busy)
            #expect(error?.message.contains("'mirror'") == true)
            #expect(fixture.renewals.value == 0)
            await fixture.lock.release()
            #expect(try await fixture.holders() == "1")
            await other.release()
        }
    }

    @Test func `looks at a sound connection without a snapshot`() async throws {
        try await withDatabase { database in
            let fixture = try await Fixture(database)
            async let outcome = fixture.work()
            let before = try await database.run("SELECT pid, state_change FROM \(TestDatabase.activity)")
            await fixture.lookAtConnection()
            try await database.wait(
                until:
                    "NOT EXISTS (SELECT FROM \(TestDatabase.activity) WHERE pid || '|' || state_change = '\(before)')"
            )
            let activity = try await database.run(
                "SELECT pid, state, backend_xmin, backend_xid FROM \(TestDatabase.activity)"
            )
            #expect(activity == "\(before.prefix { $0 != "|" })|idle in transaction||")
            #expect(fixture.renewals.value == 0)
            fixture.gate.open()
            _ = await outcome
            await fixture.lock.release()
        }
    }

    @Test func `cancels the work when the database stays away for too long`() async throws {
        try await withDatabase { database in
            // A server that is given may be reached in another way than by a unix socket.
            guard let relay = try DatabaseRelay(to: database) else { return }
            let fixture = try await Fixture(database, at: relay.url, clock: ManualClock(movesItself: true))
            async let outcome = fixture.work()
            await fixture.gate.held.reaches(1)
            relay.stop()
            let result = await outcome
            let error = #expect(throws: PipelineError.self) { try result.get() }
            #expect(error?.kind == .outage)
            #expect(fixture.gate.held.value == 0)
            await fixture.lock.release()
        }
    }

    @Test func `ends with the work, however it ends, and leaves the lock free at once`() async throws {
        try await withDatabase { database in
            for _ in 0..<20 {
                let fixture = try await Fixture(database)
                async let outcome = fixture.work()
                // The look at the connection and the end of the work come at the same time.
                await fixture.lookAtConnection()
                fixture.gate.open()
                let result = await outcome
                #expect(try result.get() == "done")
                await fixture.lock.release()
                let next = try Fixture.lock(database.url)
                try await next.acquire()
                await next.release()
            }
        }
    }
}
