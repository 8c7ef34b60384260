import TestSupport

/// A table for queries of one's own.
enum ItemTable {
    static let query = "SELECT id, text, payload FROM items"

    static let creation = "CREATE TABLE items (id bigint PRIMARY KEY, text text, payload jsonb);"

    /// Rows whose text and payload tell their number; the ids are `step` apart.
    static func rows(_ numbers: ClosedRange<Int>, step: Int = 1) -> String {
        """
        INSERT INTO items
        SELECT i * \(step), 'text ' || i, jsonb_build_object('number', i)
        FROM generate_series(\(numbers.lowerBound), \(numbers.upperBound)) AS i;
        """
    }
}

extension TestDatabase {
    /// What `pg_stat_activity` shows of the program's connections to this database.
    static let activity = """
        (SELECT * FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pattern-sync') AS a
        """

    /// How many connections the program has to this database.
    func connectionCount() async throws -> Int? {
        Int(try await run("SELECT count(*) FROM \(Self.activity)"))
    }

    /// Waits until an expression is true, for ten seconds at most.
    func wait(until expression: String) async throws {
        try await run(
            """
            DO $$ BEGIN
                FOR i IN 1..1000 LOOP
                    IF (\(expression)) THEN RETURN; END IF;
                    PERFORM pg_sleep(0.01), pg_stat_clear_snapshot();
                END LOOP;
                RAISE 'it did not come true';
            END $$
            """
        )
    }

    /// Cuts the program's connections, as a restart of the server would.
    func terminateConnections() async throws {
        try await run("SELECT pg_terminate_backend(pid, 10000) FROM \(Self.activity)")
    }

    /// Makes `gate()`, which is true at once while the gate is open and after a minute while it is shut.
    func makeGate() async throws {
        try await run(
            """
            CREATE TABLE shut_gates ();
            CREATE FUNCTION gate() RETURNS boolean LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT FROM shut_gates) THEN PERFORM pg_sleep(60); END IF;
                RETURN true;
            END $$
            """
        )
    }

    /// For snapshots taken from now on.
    func shutGate() async throws { try await run("INSERT INTO shut_gates DEFAULT VALUES") }
    func openGate() async throws { try await run("DELETE FROM shut_gates") }

    /// Waits until the program's statement waits at the gate.
    func waitForGate() async throws {
        try await wait(until: "EXISTS (SELECT FROM \(Self.activity) WHERE wait_event = 'PgSleep')")
    }
}
