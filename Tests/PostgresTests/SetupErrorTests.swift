import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable))
struct SetupErrorTests {
    private struct Case {
        let sql: String
        var key = KeyType.bigint
        /// What the message says.
        let message: String
        /// What the remedy says.
        let remedy: String
    }

    private static let cases = [
        Case(
            sql: "SELECT id AS key, text AS body FROM items",
            message: "no column id, no text, no payload (it yields key, body)",
            remedy: "name the columns"
        ),
        Case(sql: "SELECT id, text FROM items", message: "no column payload (it yields id, text)", remedy: "payload"),
        Case(sql: ItemTable.query, key: .uuid, message: "id is of type bigint, not uuid", remedy: "'key'"),
        Case(sql: ItemTable.query, key: .text, message: "id is of type bigint, not text", remedy: "'key'"),
        Case(sql: "SELECT 'a' AS id, 'b' AS text, '{}' AS payload", message: "type text, not bigint", remedy: "cast"),
        Case(sql: "SELECT 1.5 AS id, 'b' AS text, '{}' AS payload", message: "numeric, not bigint", remedy: "cast"),
        Case(
            sql: "SELECT gen_random_uuid() AS id, 'b' AS text, '{}' AS payload",
            key: .text,
            message: "uuid, not text",
            remedy: "cast"
        ),
        Case(sql: "SELEC id FROM items", message: "syntax error", remedy: "syntax"),
        Case(sql: "", message: "syntax error", remedy: "syntax"),
        Case(sql: "SELECT 1; SELECT 2", message: "syntax error", remedy: "syntax"),
        Case(sql: "DELETE FROM items RETURNING id, text, payload", message: "syntax error", remedy: "syntax"),
        Case(sql: "SELECT id, txt AS text, payload FROM items", message: "\"txt\" does not exist", remedy: "columns"),
        Case(sql: "SELECT id, text, payload FROM item", message: "\"item\" does not exist", remedy: "search_path"),
        Case(sql: "SELECT id, nosuch(text) AS text, payload FROM items", message: "nosuch", remedy: "types"),
        Case(sql: "SELECT id, id AS id, text, payload FROM items", message: "\"id\" is ambiguous", remedy: "once"),
    ]

    @Test func `names what is wrong with a query, and what to do`() async throws {
        try await withDatabase { database in
            try await database.run(ItemTable.creation + ItemTable.rows(1...3))
            for wrong in Self.cases {
                let source = try database.source(wrong.sql, key: wrong.key)
                let error = await #expect(throws: PipelineError.self, "\(wrong.sql)") { try await source.inspect() }
                #expect(error?.kind == .setup, "\(wrong.sql)")
                #expect(error?.message.contains(wrong.message) == true, "\(error?.message ?? "")")
                #expect(error?.remedy?.contains(wrong.remedy) == true, "\(error?.description ?? "")")
                #expect(error?.description.contains("\n") == false)
            }
        }
    }

    @Test func `a query that writes is refused and writes nothing`() async throws {
        try await withDatabase { database in
            try await database.run(
                ItemTable.creation + """
                    CREATE FUNCTION add() RETURNS bigint LANGUAGE sql AS
                    $$ INSERT INTO items VALUES (1, 'x', '{}') RETURNING id $$
                    """
            )
            let source = try database.source("SELECT add() AS id, 'x' AS text, '{}' AS payload")
            let error = await #expect(throws: PipelineError.self) { try await source.chunks() }
            #expect(error?.kind == .setup)
            #expect(error?.message.contains("read-only transaction") == true)
            #expect(try await database.run("SELECT count(*) FROM items") == "0")
        }
    }

    @Test func `tells which grant is missing`() async throws {
        try await withDatabase { database in
            let role = "reader_\(UInt32.random(in: 0...UInt32.max))"
            try await database.run(
                ItemTable.creation + PatternTable.creation() + "CREATE ROLE \(role) LOGIN PASSWORD 'sw0rdfish'"
            )
            for source in [
                try database.source(ItemTable.query, options: "&user=\(role)&password=sw0rdfish"),
                try database.source(options: "&user=\(role)&password=sw0rdfish"),
            ] {
                let error = await #expect(throws: PipelineError.self) { try await source.open(after: nil) }
                #expect(error?.kind == .setup)
                #expect(error?.message.contains("permission denied for table") == true)
                #expect(error?.remedy?.contains("grant SELECT") == true)
                #expect(error?.description.contains("sw0rdfish") == false)
                await source.close()
            }
            try await database.run("DROP ROLE \(role)")
        }
    }

    @Test func `needs nothing but SELECT`() async throws {
        try await withDatabase { database in
            let role = "reader_\(UInt32.random(in: 0...UInt32.max))"
            try await database.run(
                PatternTable.creation() + PatternTable.rows(1...3)
                    + "CREATE ROLE \(role) LOGIN; GRANT SELECT ON pattern_lineage_nodes TO \(role)"
            )
            let source = try database.source(options: "&user=\(role)")
            #expect(try await source.chunks().rows.count == 3)
            try await database.run("DROP OWNED BY \(role); DROP ROLE \(role)")
        }
    }

    @Test func `a database that is not there is a person's matter`() async throws {
        try await withDatabase { database in
            let source = try database.source(options: "&dbname=no_such_database")
            let error = await #expect(throws: PipelineError.self) { try await source.open(after: nil) }
            #expect(error?.kind == .setup)
            #expect(error?.message.contains("database \"no_such_database\" does not exist") == true)
            #expect(error?.message.contains("SQLSTATE 3D000") == true)
            #expect(error?.message.contains("LOCATION") == false)
            #expect(error?.remedy?.contains("create the database") == true)
        }
    }

    @Test func `a role that is not there is a person's matter`() async throws {
        try await withDatabase { database in
            let source = try database.source(options: "&user=nobody_at_all&password=sw0rdfish")
            let error = await #expect(throws: PipelineError.self) { try await source.open(after: nil) }
            #expect(error?.kind == .setup)
            #expect(error?.message.contains("\"nobody_at_all\"") == true)
            #expect(error?.remedy?.contains("check user, password") == true)
            #expect(error?.description.contains("sw0rdfish") == false)
        }
    }
}
