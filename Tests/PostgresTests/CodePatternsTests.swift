import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable))
struct CodePatternsTests {
    /// Whatever these say, the bytes of a row are the same.
    private static let oddSettings = """
        DO $$ BEGIN
            EXECUTE format('ALTER DATABASE %I SET TimeZone = ''Asia/Kathmandu''', current_database());
            EXECUTE format('ALTER DATABASE %I SET DateStyle = ''German''', current_database());
            EXECUTE format('ALTER DATABASE %I SET extra_float_digits = ''-15''', current_database());
        END $$;
        """

    /// Text and payload as they ought to be, their hashes, and the key; all written in another way than the program does.
    private static func expectation(path: String) -> String {
        """
        SET TimeZone = 'UTC';
        SET DateStyle = 'ISO';
        WITH columns AS (
            SELECT id, pattern_id, pattern_name, pattern_type, CASE WHEN \(path) IS NULL THEN '' ELSE \(path) END AS file_path,
                   CASE WHEN language IS NULL THEN 'unknown' ELSE language END AS language,
                   CASE WHEN pattern_data->>'code' IS NULL THEN '' ELSE pattern_data->>'code' END AS code,
                   CASE WHEN metadata IS NULL THEN jsonb '{}' ELSE metadata END AS metadata,
                   CASE WHEN created_at IS NULL THEN NULL
                        WHEN isfinite(created_at) AND extract(year FROM created_at) > 0
                        THEN replace(date_trunc('second', created_at at time zone 'UTC')::text, ' ', 'T') || '.'
                             || lpad((extract(microseconds FROM created_at)::bigint % 1000000)::text, 6, '0') || 'Z'
                        ELSE created_at::text END AS created_at
            FROM pattern_lineage_nodes WHERE pattern_type = 'code'
        ), bytes AS (
            SELECT id,
                   convert_to(array_to_string(ARRAY['File: ' || pattern_name, 'Language: ' || language, 'Path: ' || file_path,
                       '', 'Code:', substring(code FROM 1 FOR 500)], E'\\n'), 'UTF8') AS text,
                   convert_to((SELECT (to_jsonb(c) - 'id')::text FROM columns AS c WHERE c.id = columns.id), 'UTF8') AS payload
            FROM columns
        )
        SELECT concat_ws(' ', id, encode(text, 'hex'), encode(payload, 'hex'), encode(sha256(text), 'hex'),
                         encode(sha256(payload), 'hex'))
        FROM bytes ORDER BY id;
        """
    }

    /// A row in the form of the expectation.
    private static func line(_ row: Row) -> String {
        "\(row.key) \(row.text.hex) \(row.payload.hex) \(row.textHash.string) \(row.payloadHash.string)"
    }

    @Test(arguments: ["", oddSettings])
    func `carries each code pattern as it is in the table`(settings: String) async throws {
        try await withDatabase { database in
            try await database.run(settings)
            try await database.run(PatternTable.creation() + PatternTable.rows(1...30) + PatternTable.nastyRows)
            let expected = try await database.run(Self.expectation(path: "file_path")).split(separator: "\n")
            let chunks = try await database.source().chunks(.rows(7))
            #expect(chunks.rows.count == 48)
            #expect(chunks.rejections.isEmpty)
            #expect(chunks.rows.map(Self.line) == expected.map(String.init))
            #expect(chunks.rows.allSatisfy { if case .uuid = $0.key { true } else { false } })
        }
    }

    @Test func `takes a path for empty where the table has none`() async throws {
        try await withDatabase { database in
            try await database.run(
                PatternTable.creation(hasFilePath: false) + """
                    INSERT INTO pattern_lineage_nodes (pattern_id, pattern_name, pattern_type, pattern_data)
                    VALUES ('a', 'name', 'code', '{"code": "x"}'), ('b', 'name', 'other', '{"code": "x"}');
                    """
            )
            let expected = try await database.run(Self.expectation(path: "NULL::text"))
            let rows = try await database.source().chunks().rows
            #expect(rows.map(Self.line) == [expected])
            #expect(rows.map(\.text.string) == ["File: name\nLanguage: unknown\nPath: \n\nCode:\nx"])
        }
    }

    @Test func `takes the first 500 Unicode scalars of the code`() async throws {
        try await withDatabase { database in
            try await database.run(PatternTable.creation() + PatternTable.nastyRows)
            let texts = try await database.source().chunks().rows.map(\.text.string)
            let text = try #require(texts.first { $0.hasPrefix("File: 500 scalars\n") })
            let code = try #require(text.firstRange(of: "Code:\n")).upperBound
            #expect(text[code...] == String(repeating: "é👍", count: 250))
        }
    }

    @Test func `prints dates in UTC, and those that ISO 8601 has no words for as PostgreSQL does`() async throws {
        try await withDatabase { database in
            try await database.run(Self.oddSettings)
            try await database.run(PatternTable.creation() + PatternTable.nastyRows)
            let payloads = try await database.source().chunks().rows.map(\.payload.string)
            func created(_ id: String) -> Substring? {
                payloads.first { $0.contains("\"pattern_id\": \"\(id)\"") }?
                    .firstMatch(of: #/"created_at": ("[^"]*"|null)/#).map(\.1)
            }
            #expect(created("zoned") == "\"2026-03-28T21:45:00.000001Z\"")
            // Kathmandu's own time, before there were zones.
            #expect(created("old") == "\"0044-03-15 06:18:44+00 BC\"")
            #expect(created("endless") == "\"infinity\"")
            #expect(created("no-code") == "null")
        }
    }

    @Test func `the inspection counts only code`() async throws {
        try await withDatabase { database in
            try await database.run(PatternTable.creation() + PatternTable.nastyRows)
            let inspection = try await database.source().inspect()
            #expect(inspection.rows == 18)
            #expect(inspection.isInIndexOrder)
        }
    }

    @Test func `says what to do where the table is missing`() async throws {
        try await withDatabase { database in
            let source = try database.source()
            let error = await #expect(throws: PipelineError.self) { try await source.open(after: nil) }
            #expect(error?.kind == .setup)
            #expect(error?.message == "there is no table pattern_lineage_nodes in the database's search_path")
            #expect(error?.remedy?.contains("search_path") == true)
        }
    }

    @Test func `finds the table in the search path of the connection`() async throws {
        try await withDatabase { database in
            try await database.run(
                "CREATE SCHEMA elsewhere; SET search_path = elsewhere;" + PatternTable.creation()
                    + PatternTable.rows(1...3)
            )
            let source = try database.source(options: "&options=-c%20search_path%3Delsewhere")
            #expect(try await source.chunks().rows.count == 3)
        }
    }
}
