import Pipeline
import TestSupport
import Testing

@testable import Postgres

@Suite(.enabled(if: TestDatabase.isAvailable))
struct IndexOrderTests {
    private struct Case {
        let sql: String
        var key = KeyType.bigint
        let isInIndexOrder: Bool
    }

    private static let cases = [
        Case(sql: ItemTable.query, isInIndexOrder: true),
        Case(sql: "SELECT * FROM items WHERE text <> 'text 3' AND payload ? 'number'", isInIndexOrder: true),
        Case(
            sql: "SELECT i.id, o.note AS text, i.payload FROM items AS i JOIN notes AS o USING (id)",
            isInIndexOrder: true
        ),
        Case(sql: "SELECT id, max(text) AS text, '{}' AS payload FROM items GROUP BY id", isInIndexOrder: true),
        Case(
            sql: "SELECT id, text, payload FROM items UNION ALL SELECT id, note, '{}' FROM notes",
            isInIndexOrder: true
        ),
        Case(sql: "SELECT id, text, payload FROM partitioned", isInIndexOrder: true),
        Case(sql: "SELECT uid AS id, note AS text, '{}' AS payload FROM notes", key: .uuid, isInIndexOrder: true),
        Case(sql: "SELECT name AS id, note AS text, '{}' AS payload FROM notes", key: .text, isInIndexOrder: true),
        Case(sql: "SELECT note AS id, note AS text, '{}' AS payload FROM notes", key: .text, isInIndexOrder: false),
        Case(sql: "SELECT code AS id, note AS text, '{}' AS payload FROM notes", key: .text, isInIndexOrder: true),
        Case(sql: "SELECT number AS id, text, payload FROM unindexed", isInIndexOrder: false),
        Case(sql: "SELECT id + 0 AS id, text, payload FROM items", isInIndexOrder: false),
        Case(sql: "SELECT id::text AS id, text, payload FROM items", key: .text, isInIndexOrder: false),
        Case(sql: "SELECT DISTINCT id, text, payload FROM items", isInIndexOrder: false),
        Case(
            sql: "SELECT id, row_number() OVER (ORDER BY id)::text AS text, payload FROM items",
            isInIndexOrder: false
        ),
        Case(sql: "SELECT count(*) AS id, text, '{}' AS payload FROM items GROUP BY text", isInIndexOrder: false),
        Case(sql: "SELECT id, text, payload FROM items ORDER BY id LIMIT 10", isInIndexOrder: false),
        Case(sql: "WITH i AS MATERIALIZED (SELECT * FROM items) SELECT * FROM i", isInIndexOrder: false),
        Case(sql: "SELECT id, text, payload FROM items UNION SELECT id, note, '{}' FROM notes", isInIndexOrder: false),
        // In order and through an index, and yet read from its start each time.
        Case(
            sql: """
                SELECT id, row_number() OVER (ORDER BY id)::text AS text, '{}' AS payload FROM groups
                WHERE g = (SELECT min(id) FROM items) AND h = (SELECT max(id) FROM items)
                """,
            isInIndexOrder: false
        ),
    ]

    private static let tables =
        ItemTable.creation + """
            CREATE TABLE unindexed (number integer, text text, payload jsonb);
            CREATE TABLE notes (id bigint PRIMARY KEY, uid uuid UNIQUE, name text COLLATE "en-x-icu" UNIQUE,
                                code varchar(20) UNIQUE, note text);
            CREATE TABLE partitioned (id bigint PRIMARY KEY, text text, payload jsonb) PARTITION BY RANGE (id);
            CREATE TABLE low PARTITION OF partitioned FOR VALUES FROM (0) TO (100);
            CREATE TABLE high PARTITION OF partitioned FOR VALUES FROM (100) TO (10000);
            CREATE TABLE groups (g bigint, h bigint, id bigint);
            CREATE INDEX ON groups (g, h, id);
            """

    private static let rows = """
        INSERT INTO items SELECT i, 'text ' || i, '{"number": 1}' FROM generate_series(1, 5000) AS i;
        INSERT INTO unindexed SELECT i, 'x', '{}' FROM generate_series(1, 5000) AS i;
        INSERT INTO notes SELECT i, gen_random_uuid(), 'name ' || i, i, 'x' FROM generate_series(1, 5000) AS i;
        INSERT INTO partitioned SELECT i, 'x', '{}' FROM generate_series(1, 5000) AS i;
        INSERT INTO groups SELECT 1, 5000, i FROM generate_series(1, 5000) AS i;
        """

    @Test
    func `tells whether an index yields the rows in key order, however few they are and whatever is known of them`()
        async throws
    {
        try await withDatabase { database in
            for preparation in [Self.tables, Self.rows, "ANALYZE"] {
                try await database.run(preparation)
                for query in Self.cases {
                    let source = try database.source(query.sql, key: query.key)
                    let inspection = try await source.inspect()
                    #expect(
                        inspection.isInIndexOrder == query.isInIndexOrder,
                        "\(query.sql) after \(preparation.prefix(12))"
                    )
                    await source.close()
                }
            }
        }
    }

    @Test func `a plan that cannot be read is none`() {
        #expect(QueryPlan(json: "") == nil)
        #expect(QueryPlan(json: "[]") == nil)
        #expect(QueryPlan(json: "{}") == nil)
    }
}
