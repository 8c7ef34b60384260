import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite(
    "A rebuild beside points of others",
    .enabled(if: TestDatabase.isAvailable && TestServers.areSandbox),
    .endsSomeTime
)
struct RebuildForeignPointsTests {
    private static let nobodys = "11111111-1111-4111-8111-111111111111"

    private func withForeignPoint(_ payload: String, _ body: (Scenario) async throws -> Void) async throws {
        try await withScenario(PatternTable.creation() + PatternTable.rows(1...20)) { scenario in
            #expect(try await scenario.run("--rebuild").status == 0)
            try await scenario.putPoint(Self.nobodys, payload)
            try await body(scenario)
        }
    }

    @Test func `stops before it builds anything`() async throws {
        try await withForeignPoint(#"{"mine":1}"#) { scenario in
            let outcome = try await scenario.run("--rebuild")
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("1 points that are neither this sync's nor of a row"), "\(outcome.errors)")
            #expect(outcome.errors.contains("--foreign copy"))
            #expect(try await scenario.collections() == scenario.named("__g1"))
        }
    }

    @Test func `copies them as they are when it is told to`() async throws {
        try await withForeignPoint(#"{"mine":1}"#) { scenario in
            let before = try await scenario.point(Self.nobodys)
            let outcome = try await scenario.run("--rebuild", "--foreign", "copy")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try await scenario.collections() == scenario.named("__g1", "__g2"))
            #expect(try await scenario.pointCount() == 21)
            #expect(try await scenario.point(Self.nobodys) == before)
            #expect(before.contains("payload"))
        }
    }

    @Test func `copies none of another sync, with which no sync of this one could go on`() async throws {
        try await withForeignPoint(#"{"_sync":{"source":"others"},"text":"theirs"}"#) { scenario in
            let outcome = try await scenario.run("--rebuild", "--foreign", "copy")
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("1 points of other syncs") && outcome.errors.contains("--foreign drop"))
            #expect(try await scenario.collections() == scenario.named("__g1"))
            let told = try await scenario.run("--rebuild", "--foreign", "drop")
            #expect(told.status == 0, "\(told.errors)")
            try await scenario.expectMirror()
        }
    }

    @Test func `leaves them behind when it is told to`() async throws {
        try await withForeignPoint(#"{"mine":1}"#) { scenario in
            let outcome = try await scenario.run("--rebuild", "--foreign", "drop")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try await scenario.pointCount() == 20)
            #expect(try await scenario.pointCount("__g1") == 21)
            try await scenario.expectMirror()
        }
    }

    @Test func `cannot copy them among vectors of another size`() async throws {
        try await withForeignPoint(#"{"mine":1}"#) { scenario in
            try await withOllamaSandbox(.init(model: "tiny", dimension: 96)) { tiny in
                let environment = ["OLLAMA_BASE_URL": tiny.url, "EMBEDDING_MODEL": "tiny"]
                let outcome = try await scenario.run("--rebuild", "--foreign", "copy", environment: environment)
                #expect(outcome.status == 1)
                #expect(outcome.errors.contains("--foreign drop"), "\(outcome.errors)")
                #expect(try await scenario.collections() == scenario.named("__g1"))
            }
        }
    }
}

extension Scenario {
    /// What Qdrant keeps of a point, but for the time that the answer took.
    fileprivate func point(_ id: String) async throws -> String {
        let answer = try await qdrant(.get, "/points/\(id)")
        let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        let data = try JSONSerialization.data(withJSONObject: object?["result"] ?? [:], options: .sortedKeys)
        return String(decoding: data, as: UTF8.self)
    }
}
