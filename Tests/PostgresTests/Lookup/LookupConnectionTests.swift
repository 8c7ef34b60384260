import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable))
struct LookupConnectionTests {
    @Test func `no keys need no server`() async throws {
        try await withTemporaryFolder { folder in
            let lookup = PostgresRowLookup(
                settings: try ConnectionSettings("postgresql:///x?host=\(folder)"),
                query: .codePatterns,
                clock: RunClock(ContinuousClock())
            )
            #expect(try await lookup.existing([]).isEmpty)
            #expect(try await lookup.rows(of: [], bytes: .max).rows.isEmpty)
            let error = await #expect(throws: PipelineError.self) { try await lookup.existing([.integer(1)]) }
            #expect(error?.kind == .server(retryAfter: nil))
        }
    }

    @Test func `answers again after its connection was cut`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...5))
            let lookup = try database.lookup(ItemTable.query)
            let keys: [RowKey] = [.integer(4), .integer(9)]
            for _ in 1...2 {
                #expect(try await lookup.existing(keys) == [.integer(4)])
                try await database.terminateConnections()
                let error = await #expect(throws: PipelineError.self) { try await lookup.rows(of: keys, bytes: .max) }
                #expect(error?.kind == .server(retryAfter: nil), "\(error?.description ?? "")")
                #expect(try await lookup.rows(of: keys, bytes: .max).rows.map(\.key) == [.integer(4)])
            }
            #expect(try await database.connectionCount() == 1)
            await lookup.close()
        }
    }

    @Test func `answers again after the set-up was mended`() async throws {
        try await withDatabase { database in
            let lookup = try database.lookup()
            let key = RowKey.uuid("00000000-0000-4000-8000-000000000001")
            let error = await #expect(throws: PipelineError.self) { try await lookup.existing([key]) }
            #expect(error?.message == "there is no table pattern_lineage_nodes in the database's search_path")
            try await database.run(PatternTable.creation() + PatternTable.rows(1...2))
            #expect(try await lookup.existing([key]) == [key])
            await lookup.close()
        }
    }

    @Test func `cancelling ends a call that waits, and its statement`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...5))
            try await database.makeGate()
            let lookup = try database.lookup(ItemTable.query + " WHERE gate()")
            let keys: [RowKey] = [.integer(4)]
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await lookup.existing(keys) }, { _ = try await lookup.rows(of: keys, bytes: .max) },
            ]
            for call in calls {
                // So that the connection that is waited at has answered another call before.
                #expect(try await lookup.existing(keys) == Set(keys))
                try await database.shutGate()
                let clock = ContinuousClock()
                let asking = Task { () -> (PipelineError?, ContinuousClock.Instant) in
                    let error = await #expect(throws: PipelineError.self) { try await call() }
                    return (error, clock.now)
                }
                try await database.waitForGate()
                let cancelled = clock.now
                asking.cancel()
                let (error, ended) = await asking.value
                #expect(error == .cancelled)
                // A fraction of a second, but not of a machine that is busy; the statement itself would take a minute.
                #expect(ended - cancelled < .seconds(5))
                try await database.wait(until: "NOT EXISTS (SELECT FROM \(TestDatabase.activity))")
                try await database.openGate()
            }
            #expect(try await lookup.existing(keys) == Set(keys))
            await lookup.close()
        }
    }

    @Test func `a caller who is cancelled does not disturb the one who is being answered`() async throws {
        try await withDatabase { database in
            try await database.run(
                ItemTable.creation + ItemTable.rows(1...5) + """
                    CREATE TABLE held AS SELECT 1;
                    CREATE FUNCTION pass() RETURNS boolean LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN true; END $$;
                    """
            )
            let lookup = try database.lookup(ItemTable.query + " WHERE pass()")
            let key = RowKey.integer(4)
            // Keeps everybody waiting until the table is empty.
            async let holder = database.run(
                """
                SELECT pg_advisory_lock(7);
                DO $$ BEGIN
                    FOR i IN 1..3000 LOOP
                        EXIT WHEN NOT EXISTS (SELECT FROM held);
                        PERFORM pg_sleep(0.01);
                    END LOOP;
                END $$
                """
            )
            try await database.wait(until: "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted)")
            async let answered = lookup.existing([key])
            try await database.wait(until: "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
            let other = Task { await #expect(throws: PipelineError.self) { try await lookup.existing([key]) } }
            other.cancel()
            try await database.run("DELETE FROM held")
            let found = try await answered
            #expect(found == [key])
            #expect(await other.value == .cancelled)
            _ = try await holder
            await lookup.close()
        }
    }

    @Test func `every caller who is not cancelled gets an answer, whoever else is`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...100))
            let lookup = try database.lookup(ItemTable.query)
            let tasks = (1...100).map { number in
                Task { try await lookup.rows(of: [.integer(UInt64(number))], bytes: .max).rows.map(\.key) }
            }
            for task in tasks[...49] {
                task.cancel()
                await Task.yield()
            }
            for (index, task) in tasks.enumerated().dropFirst(50) {
                #expect(try await task.value == [.integer(UInt64(index + 1))])
            }
            for (index, task) in tasks.enumerated().prefix(50) {
                // Some were answered before they were cancelled.
                switch await task.result {
                case .success(let keys): #expect(keys == [.integer(UInt64(index + 1))])
                case .failure(let error): #expect(error as? PipelineError == .cancelled)
                }
            }
            await lookup.close()
        }
    }
}
