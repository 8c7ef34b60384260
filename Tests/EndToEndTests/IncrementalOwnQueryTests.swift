import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite(
    "An incremental sync of a query of one's own",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct IncrementalOwnQueryTests {
    @Test(arguments: ["uuid", "bigint", "text"])
    func `finds its points by keys of any kind`(_ key: String) async throws {
        let expression =
            switch key {
            case "uuid": "md5(i::text)::uuid"
            case "bigint": "i * 1000000007::bigint"
            default: "'ключ \" \\ ' || i"
            }
        let table = """
            CREATE TABLE notes (key \(key) PRIMARY KEY, body text, tag int);
            INSERT INTO notes SELECT \(expression), 'note ' || i, i FROM generate_series(0, 39) AS i;
            """
        try await withScenario(table) { scenario in
            let config = try scenario.file(
                "sync.yaml",
                """
                name: notes
                key: \(key)
                query: SELECT key AS id, body AS text, jsonb_build_object('tag', tag) AS payload FROM notes
                """
            )
            #expect(try await scenario.run("--config", config).status == 0)
            let idle = try await scenario.measure("--config", config, "--incremental")
            #expect(idle.status == 0, "\(idle.errors)")
            #expect(idle.texts == 0)
            #expect(idle.count("unchanged") == 40)
            try await scenario.database.run(
                """
                UPDATE notes SET body = 'changed' WHERE tag = 1;
                UPDATE notes SET tag = 1000 WHERE tag = 2;
                DELETE FROM notes WHERE tag = 3;
                """
            )
            let run = try await scenario.measure("--config", config, "--incremental", "--prune")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.texts == 1)
            #expect(run.count("payload_updated") == 1)
            #expect(run.count("deleted") == 1)
            try await scenario.loadPoints()
            let wrong = try await scenario.database.run(
                """
                SELECT n.body, p.payload FROM notes AS n FULL JOIN points AS p ON p.payload->>'text' = n.body
                WHERE p.payload->'tag' IS DISTINCT FROM to_jsonb(n.tag)
                """
            )
            #expect(wrong == "")
        }
    }
}
