import CurlHTTP
import Foundation
import TestSupport

extension Scenario {
    /// Fills the collection as the script did that this program has replaced: no stamp, no hashes, and times as its
    /// language printed them.
    func runOldScript() async throws {
        _ = try await qdrant(.put, "", #"{"vectors":{"size":768,"distance":"Cosine"}}"#)
        let rows = try await database.run(
            #"""
            SET TimeZone = 'UTC';
            SELECT jsonb_build_object('id', n.id, 'payload', jsonb_build_object(
                'text', format(E'File: %s\nLanguage: %s\nPath: %s\n\nCode:\n%s', n.pattern_name,
                               coalesce(n.language, 'unknown'), coalesce(n.file_path, ''),
                               coalesce(substr(n.pattern_data->>'code', 1, 500), '')),
                'pattern_id', n.pattern_id, 'pattern_name', n.pattern_name, 'pattern_type', n.pattern_type,
                'file_path', coalesce(n.file_path, ''), 'language', coalesce(n.language, 'unknown'),
                'code', coalesce(n.pattern_data->>'code', ''), 'metadata', coalesce(n.metadata, '{}'),
                'created_at', to_char(n.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
                'sync_timestamp', '2025-11-09T08:07:06.054321'))
            FROM pattern_lineage_nodes AS n WHERE n.pattern_type = 'code' ORDER BY n.id
            """#
        )
        var points: [[String: Any]] = []
        for line in rows.split(separator: "\n") {
            points.append(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:])
        }
        let texts = points.map { ($0["payload"] as? [String: Any])?["text"] as? String ?? "" }
        for (index, vector) in try await embed(texts).enumerated() { points[index]["vector"] = vector }
        let body = try JSONSerialization.data(withJSONObject: ["points": points])
        _ = try await qdrant(.put, "/points?wait=true", String(decoding: body, as: UTF8.self))
    }

    /// Has the embedding server embed texts.
    private func embed(_ texts: [String]) async throws -> [[Double]] {
        let client = try HTTPClient(configuration: .init(userAgent: "tests"))
        let body = try JSONSerialization.data(withJSONObject: ["model": "nomic-embed-text", "input": texts])
        let server = String(servers.ollamaURL.split(separator: ",")[0])
        let answer = try await client.send(HTTPRequest(.post, server + "/api/embed", body: Array(body)))
        await client.shutDown()
        let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        return object?["embeddings"] as? [[Double]] ?? []
    }
}
