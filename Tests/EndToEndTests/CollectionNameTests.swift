import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite("A collection's name", .enabled(if: TestDatabase.isAvailable), .endsSomeTime)
struct CollectionNameTests {
    private static let vectors = #"{"vectors":{"size":768,"distance":"Cosine"}}"#

    @Test func `may stand for a generation, which is written to and searched`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...30)) { scenario in
            let outcome = try await scenario.withAlias(of: "__g1") {
                let outcome = try await scenario.run()
                try await scenario.expectMirror()
                let again = try await scenario.run()
                #expect(again.status == 0, "\(again.errors)")
                let found = try await scenario.run("search", "pattern", "--limit", "1", "--json")
                #expect(found.status == 0, "\(found.errors)")
                #expect(found.output.contains("score"))
                let answer = try await scenario.qdrant(.get, "__g1").body
                let result = (try JSONSerialization.jsonObject(with: Data(answer)) as? [String: Any])?["result"]
                let generation = try #require(result as? [String: Any])
                let metadata = (generation["config"] as? [String: Any])?["metadata"] as? [String: Any]
                #expect(metadata?.keys.sorted() == ["pattern-sync.code_patterns"])
                let schema = generation["payload_schema"] as? [String: [String: Any]]
                #expect(
                    schema?.mapValues { $0["data_type"] as? String } == [
                        "language": "keyword", "pattern_name": "keyword", "pattern_type": "keyword",
                        "_sync.source": "keyword", "created_at": "datetime",
                    ]
                )
                return outcome
            }
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
    }

    @Test func `is refused where it stands for somebody else's collection, which stays as it is`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...3)) { scenario in
            let outcome = try await scenario.withAlias(of: "_other") {
                let outcome = try await scenario.run()
                let count = try await scenario.pointCount()
                #expect(count == 0)
                return outcome
            }
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("is an alias of the collection \(scenario.collection)_other"))
            #expect(!FileManager.default.fileExists(atPath: scenario.journal))
        }
    }

    @Test(
        .enabled(if: TestServers.areSandbox),
        arguments: [
            ["sync"], ["sync", "--incremental"], ["sync", "--dry-run"], ["sync", "--rebuild", "--replace-collection"],
            ["verify", "--repair"], ["generations", "--drop"], ["generations", "--rollback"],
        ]
    )
    func `is refused where it stands for another program's collection`(_ arguments: [String]) async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...3)) { scenario in
            let client = try HTTPClient(configuration: .init(userAgent: "tests"))
            for (method, path, body) in [
                (HTTPRequest.Method.put, "execution_patterns", Self.vectors),
                (
                    .post, "aliases",
                    #"{"actions":[{"create_alias":{"alias_name":"\#(scenario.collection)","collection_name":"execution_patterns"}}]}"#
                ),
            ] {
                let answer = try await client.send(
                    HTTPRequest(
                        method,
                        "\(scenario.servers.qdrantURL)/collections/\(path)",
                        headers: [HTTPHeader("Content-Type", "application/json")],
                        body: Array(body.utf8)
                    )
                )
                #expect(answer.status == 200)
            }
            await client.shutDown()
            let outcome = try await Scenario.program.run(arguments, environment: scenario.environment)
            #expect(outcome.status == 1, "\(outcome.errors)")
            #expect(outcome.errors.contains("is an alias of the collection execution_patterns"), "\(outcome.errors)")
            #expect(try await scenario.collections() == ["execution_patterns"])
            let count = try await scenario.pointCount()
            #expect(count == 0)
        }
    }

    @Test func `is refused where points with UUIDs are and the keys are numbers`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...3)) { scenario in
            try await scenario.run()
            let config = try scenario.file(
                "sync.yaml",
                """
                name: code_patterns
                key: bigint
                query: SELECT lineage_depth::bigint AS id, pattern_name AS text, '{}'::jsonb AS payload FROM pattern_lineage_nodes
                """
            )
            let outcome = try await scenario.run("--config", config)
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("has points with UUIDs as ids"), "\(outcome.errors)")
            #expect(try await scenario.pointCount() == 3)
        }
    }

    @Test func `is refused where points of another sync, or with other ids, are`() async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...3)) { scenario in
            let vector = "[1\(String(repeating: ",0", count: 767))]"
            for (payload, message) in [
                (#"{"_sync":{"source":"others"}}"#, "holds points of the sync 'others' (1)"),
                ("{}", "has points with numbers as ids (7, for one)"),
            ] {
                _ = try await scenario.qdrant(.put, "", Self.vectors)
                _ = try await scenario.qdrant(
                    .put,
                    "/points?wait=true",
                    #"{"points":[{"id":7,"vector":\#(vector),"payload":\#(payload)}]}"#
                )
                for arguments in [["sync"], ["sync", "--dry-run"]] {
                    let outcome = try await Scenario.program.run(arguments, environment: scenario.environment)
                    #expect(outcome.status == 1)
                    #expect(outcome.errors.contains(message), "\(outcome.errors)")
                    let count = try await scenario.pointCount()
                    #expect(count == 1)
                }
                _ = try await scenario.qdrant(.delete, "")
            }
        }
    }
}

extension Scenario {
    /// Runs `body` while the collection's name is an alias of the collection that bears it with `suffix`.
    fileprivate func withAlias<Result>(of suffix: String, _ body: () async throws -> Result) async throws -> Result {
        _ = try await qdrant(.put, suffix, #"{"vectors":{"size":768,"distance":"Cosine"}}"#)
        let http = try HTTPClient(configuration: .init(userAgent: "tests"))
        let action = #"{"create_alias":{"alias_name":"\#(collection)","collection_name":"\#(collection)\#(suffix)"}}"#
        let answer = try await http.send(
            HTTPRequest(
                .post,
                "\(servers.qdrantURL)/collections/aliases",
                headers: [HTTPHeader("Content-Type", "application/json")],
                body: Array(#"{"actions":[\#(action)]}"#.utf8)
            )
        )
        #expect(answer.status == 200)
        await http.shutDown()
        let result: Result
        do {
            result = try await body()
        } catch {
            _ = try? await qdrant(.delete, suffix)
            throw error
        }
        _ = try await qdrant(.delete, suffix)
        return result
    }
}
