import CurlHTTP
import Foundation
import TestSupport
import Testing

extension Scenario {
    /// Copies every point, as Qdrant tells it, into the table `points` (id, payload, vector): there PostgreSQL itself
    /// can compare JSON exactly.
    func loadPoints() async throws {
        try await database.run(
            "DROP TABLE IF EXISTS points; CREATE TABLE points (id text, payload jsonb, vector jsonb)"
        )
        var offset = "null"
        repeat {
            let page = try await qdrant(
                .post,
                "/points/scroll",
                "{\"limit\":64,\"with_payload\":true,\"with_vector\":true,\"offset\":\(offset)}"
            )
            try #require(page.status == 200)
            let json = String(decoding: page.body, as: UTF8.self)
            try await database.run(
                """
                INSERT INTO points
                SELECT p->>'id', p->'payload', p->'vector'
                FROM jsonb_array_elements($page$\(json)$page$::jsonb #> '{result,points}') AS p
                """
            )
            let answer = try JSONSerialization.jsonObject(with: Data(page.body)) as? [String: Any]
            let next = (answer?["result"] as? [String: Any])?["next_page_offset"]
            offset = (next as? String).map { "\"\($0)\"" } ?? (next as? NSNumber)?.stringValue ?? "null"
        } while offset != "null"
    }

    /// Compares every row of the table of patterns with its point, and every point with its row.
    ///
    /// What is expected is put together here, column by column, from the table alone.
    func expectMirror(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await loadPoints()
        let differences = try await database.run(
            #"""
            SET TimeZone = 'Asia/Kathmandu';
            CREATE OR REPLACE VIEW expected AS
            SELECT n.id::text AS id,
                   format(E'File: %s\nLanguage: %s\nPath: %s\n\nCode:\n%s', n.pattern_name, coalesce(n.language, 'unknown'),
                          coalesce(to_jsonb(n)->>'file_path', ''), coalesce(substr(n.pattern_data->>'code', 1, 500), '')) AS text,
                   to_jsonb(n) AS row, n.pattern_data, n.created_at
            FROM pattern_lineage_nodes AS n WHERE n.pattern_type = 'code';
            SELECT coalesce(e.id, p.id), problem
            FROM expected AS e FULL JOIN points AS p ON p.id = e.id
            CROSS JOIN LATERAL (VALUES
                (CASE WHEN p.id IS NULL THEN 'no point' WHEN e.id IS NULL THEN 'no row' END),
                (CASE WHEN p.payload->>'text' IS DISTINCT FROM e.text THEN 'text' END),
                (CASE WHEN p.payload->>'pattern_id' IS DISTINCT FROM e.row->>'pattern_id' THEN 'pattern_id' END),
                (CASE WHEN p.payload->>'pattern_name' IS DISTINCT FROM e.row->>'pattern_name' THEN 'pattern_name' END),
                (CASE WHEN p.payload->>'pattern_type' IS DISTINCT FROM 'code' THEN 'pattern_type' END),
                (CASE WHEN p.payload->>'file_path' IS DISTINCT FROM coalesce(e.row->>'file_path', '') THEN 'file_path' END),
                (CASE WHEN p.payload->>'language' IS DISTINCT FROM coalesce(e.row->>'language', 'unknown')
                      THEN 'language' END),
                (CASE WHEN p.payload->>'code' IS DISTINCT FROM coalesce(e.pattern_data->>'code', '') THEN 'code' END),
                (CASE WHEN p.payload->'metadata' IS DISTINCT FROM coalesce(nullif(e.row->'metadata', 'null'), '{}')
                      THEN 'metadata' END),
                (CASE WHEN (p.payload->>'created_at')::timestamptz IS DISTINCT FROM e.created_at THEN 'created_at' END),
                (CASE WHEN isfinite(e.created_at) AND e.created_at > '0001-01-01'
                       AND p.payload->>'created_at' !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$' THEN 'created_at format' END),
                (CASE WHEN p.payload->>'sync_timestamp' !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$' THEN 'sync_timestamp' END),
                (CASE WHEN p.payload#>>'{_sync,source}' IS DISTINCT FROM 'code_patterns' THEN 'source' END),
                (CASE WHEN p.payload#>>'{_sync,text_hash}'
                           IS DISTINCT FROM encode(sha256(convert_to(e.text, 'UTF8')), 'hex') THEN 'text_hash' END),
                (CASE WHEN p.payload#>>'{_sync,payload_hash}' IS DISTINCT FROM encode(sha256(convert_to(
                           (p.payload - 'text' - 'sync_timestamp' - '_sync')::text, 'UTF8')), 'hex') THEN 'payload_hash' END),
                (CASE WHEN p.payload#>'{_sync,hash_version}' IS DISTINCT FROM '1' THEN 'hash_version' END),
                (CASE WHEN (SELECT count(*) FROM jsonb_object_keys(p.payload)) <> 11 THEN 'members' END)
            ) AS check_of (problem)
            WHERE problem IS NOT NULL
            """#
        )
        #expect(differences == "", sourceLocation: sourceLocation)
        try await expectOwnVectors(sourceLocation: sourceLocation)
    }

    /// Embeds every point's text again and compares with the vector that is stored beside it.
    private func expectOwnVectors(sourceLocation: SourceLocation) async throws {
        let rows = try await database.run("SELECT jsonb_build_array(payload->'text', vector)::text FROM points")
        let client = try HTTPClient(configuration: .init(userAgent: "tests"))
        var texts: [String] = []
        var vectors: [[Double]] = []
        for line in rows.split(separator: "\n") {
            let pair = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any] ?? []
            texts.append(try #require(pair.first as? String))
            vectors.append(try #require(pair.last as? [Double]))
        }
        let model = ProcessInfo.processInfo.environment["EMBEDDING_MODEL"] ?? "nomic-embed-text"
        let server = String(servers.ollamaURL.split(separator: ",")[0])
        for start in stride(from: 0, to: texts.count, by: 50) {
            let range = start..<min(start + 50, texts.count)
            let body = try JSONSerialization.data(withJSONObject: ["model": model, "input": Array(texts[range])])
            let answer = try await client.send(HTTPRequest(.post, server + "/api/embed", body: Array(body)))
            let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
            let expected = try #require(object?["embeddings"] as? [[Double]], sourceLocation: sourceLocation)
            for (index, vector) in zip(range, expected) {
                let cosine = Self.cosine(vectors[index], vector)
                #expect(cosine > 0.9999, "\(texts[index].prefix(80))", sourceLocation: sourceLocation)
            }
        }
        await client.shutDown()
    }

    private static func cosine(_ a: [Double], _ b: [Double]) -> Double {
        func product(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
        return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
    }
}
