import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable))
struct EvaluationTests {
    private static let functions = """
        DO $$ BEGIN
            EXECUTE format('ALTER DATABASE %I SET track_functions = ''all''', current_database());
        END $$;
        CREATE FUNCTION costly_text(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN t; END $$;
        CREATE FUNCTION costly_payload(p jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN p; END $$;
        """

    private static let query = "SELECT id, costly_text(text) AS text, costly_payload(payload) AS payload FROM items"

    private func expectCalls(_ calls: Int, _ database: TestDatabase) async throws {
        // They are counted when the connection has ended.
        try await database.wait(until: "EXISTS (SELECT FROM pg_stat_user_functions)")
        let counts = try await database.run("SELECT funcname, calls FROM pg_stat_user_functions ORDER BY 1")
        #expect(counts == "costly_payload|\(calls)\ncostly_text|\(calls)")
    }

    @Test(arguments: Content.allCases)
    func `a scan evaluates text and payload once a row`(content: Content) async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...7) + Self.functions)
            let chunks = try await database.source(Self.query, reading: content).chunks()
            #expect(chunks.map(\.rowCount) == [7])
            try await expectCalls(7, database)
        }
    }

    @Test func `a lookup evaluates text and payload once a row, and not to tell which keys have one`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...7) + Self.functions)
            let lookup = try database.lookup(Self.query)
            let keys = (3...9).map { RowKey.integer($0) }
            #expect(try await lookup.existing(keys).count == 5)
            #expect(try await lookup.rows(of: keys, bytes: .max).rows.count == 5)
            await lookup.close()
            try await expectCalls(5, database)
        }
    }
}
