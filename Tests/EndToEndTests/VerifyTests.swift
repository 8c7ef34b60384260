import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite("A verification", .enabled(if: TestDatabase.isAvailable), .endsSomeTime)
struct VerifyTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...40)

    private func withSyncedScenario(
        qdrant: QdrantSandbox.Configuration = .init(),
        _ body: (Scenario) async throws -> Void
    ) async throws {
        try await withScenario(Self.table, qdrant: qdrant) { scenario in
            let first = try await scenario.run()
            #expect(first.status == 0, "\(first.errors)")
            try await body(scenario)
        }
    }

    @Test func `agrees with what a sync has just written, and says so to people and machines`() async throws {
        try await withScenario(Self.table + PatternTable.nastyRows) { scenario in
            try await scenario.run()
            let people = try await scenario.run("verify")
            #expect(people.status == 0, "\(people.errors)")
            #expect(people.output.hasPrefix("agrees: the table and \(scenario.collection)\n"))
            #expect(people.output.contains("20 rows embedded again: lowest cosine 1.0000"), "\(people.output)")
            let (status, verdict) = try await scenario.verify()
            #expect(status == 0)
            #expect(
                verdict.keys.sorted() == [
                    "collection", "differences", "duration_seconds", "foreign_points", "missing", "model",
                    "payload_differs", "points", "rejected", "repaired", "rows", "sample", "stale", "status",
                    "text_differs", "unclaimed", "unmarked_points",
                ]
            )
            #expect(verdict["status"] as? String == "agrees")
            #expect(verdict["collection"] as? String == scenario.collection)
            #expect(verdict["rows"] as? Int == 58)
            #expect(verdict["points"] as? Int == 58)
            #expect(verdict["repaired"] as? Bool == false)
            let sample = try #require(verdict["sample"] as? [String: Any])
            #expect(sample.keys.sorted() == ["disagreeing", "lowest_cosine", "not_nearest", "size"])
            #expect(sample["size"] as? Int == 20)
            #expect((sample["lowest_cosine"] as? Double ?? 0) > 0.9999)
        }
    }

    @Test func `tells each sort of difference, and which row or point it is of`() async throws {
        try await withSyncedScenario { scenario in
            try await scenario.deletePoints(ofPatterns: 1...1)
            try await scenario.editPayload(ofPattern: 3, #"{"language":"klingon"}"#)
            try await scenario.database.run(
                """
                UPDATE pattern_lineage_nodes SET pattern_name = 'renamed' WHERE pattern_id = 'p-2';
                DELETE FROM pattern_lineage_nodes WHERE pattern_id = 'p-4';
                """
            )
            let (status, verdict) = try await scenario.verify()
            #expect(status == 4)
            #expect(verdict["status"] as? String == "differs")
            for member in ["missing", "text_differs", "payload_differs", "stale"] {
                #expect(verdict[member] as? Int == 1, "\(member)")
            }
            #expect(
                verdict["differences"] as? [[String: String]] == [
                    ["id": Scenario.id(ofPattern: 1), "difference": "missing"],
                    ["id": Scenario.id(ofPattern: 2), "difference": "text"],
                    ["id": Scenario.id(ofPattern: 3), "difference": "payload"],
                    ["id": Scenario.id(ofPattern: 4), "difference": "stale"],
                ]
            )
            let people = try await scenario.run("verify")
            #expect(people.status == 4)
            #expect(people.output.contains("payload \(Scenario.id(ofPattern: 3))"), "\(people.output)")
        }
    }

    enum Change: CaseIterable {
        case missing, text, payload, hiddenPayload, stale
    }

    @Test(arguments: Change.allCases)
    func `ends with 4 for one difference alone`(_ change: Change) async throws {
        try await withSyncedScenario { scenario in
            switch change {
            case .missing: try await scenario.database.run(PatternTable.rows(41...41))
            case .text:
                try await scenario.database.run(
                    "UPDATE pattern_lineage_nodes SET language = 'c' WHERE pattern_id = 'p-9'"
                )
            case .payload:
                try await scenario.database.run(
                    "UPDATE pattern_lineage_nodes SET metadata = '[]' WHERE pattern_id = 'p-9'"
                )
            case .hiddenPayload: try await scenario.editPayload(ofPattern: 9, #"{"added":"by hand"}"#)
            case .stale: try await scenario.database.run("DELETE FROM pattern_lineage_nodes WHERE pattern_id = 'p-9'")
            }
            #expect(try await scenario.run("verify", "--sample", "0").status == 4)
            // It only looked: the difference is still there.
            #expect(try await scenario.run("verify", "--sample", "0").status == 4)
        }
    }

    @Test func `differs wholly from a collection that is not there`() async throws {
        try await withScenario(Self.table) { scenario in
            let (status, verdict) = try await scenario.verify()
            #expect(status == 4)
            #expect(verdict["missing"] as? Int == 40)
            #expect(try await scenario.qdrant(.get, "").status == 404)
            #expect(!FileManager.default.fileExists(atPath: scenario.journal))
        }
    }

    @Test func `finds a vector that was altered by hand when its row is in the sample`() async throws {
        try await withSyncedScenario { scenario in
            try await scenario.swapVectors(ofPattern: 17, with: 18)
            let unseen = try await scenario.run("verify", "--sample", "0")
            #expect(unseen.status == 0, "\(unseen.errors)")
            let (status, verdict) = try await scenario.verify("--sample", "40")
            #expect(status == 4)
            let sample = try #require(verdict["sample"] as? [String: Any])
            #expect(sample["size"] as? Int == 40)
            #expect(
                (sample["disagreeing"] as? [String])?.sorted()
                    == [Scenario.id(ofPattern: 17), Scenario.id(ofPattern: 18)]
            )
            #expect((sample["lowest_cosine"] as? Double ?? 1) < 0.999)
        }
    }

    @Test func `repairs what it finds, and points without a row only when it is told to`() async throws {
        try await withSyncedScenario { scenario in
            try await scenario.deletePoints(ofPatterns: 1...2)
            try await scenario.editPayload(ofPattern: 3, #"{"language":"klingon"}"#)
            try await scenario.database.run(
                """
                UPDATE pattern_lineage_nodes SET pattern_name = 'renamed' WHERE pattern_id = 'p-5';
                DELETE FROM pattern_lineage_nodes WHERE pattern_id = 'p-4';
                """
            )
            let (kept, verdict) = try await scenario.verify("--repair")
            #expect(kept == 4)
            #expect(verdict["repaired"] as? Bool == true)
            #expect(verdict["stale"] as? Int == 1)
            #expect((verdict["differences"] as? [Any])?.count == 1)
            let (pruned, after) = try await scenario.verify("--repair", "--prune")
            #expect(pruned == 0)
            #expect(after["status"] as? String == "agrees")
            try await scenario.expectMirror()
            let (idle, nothing) = try await scenario.verify("--repair", "--prune")
            #expect(idle == 0)
            #expect(nothing["repaired"] as? Bool == false)
        }
    }

    @Test func `brakes a repair that would delete much`() async throws {
        try await withSyncedScenario { scenario in
            try await scenario.database.run(
                "DELETE FROM pattern_lineage_nodes WHERE id <= '\(Scenario.id(ofPattern: 15))'"
            )
            let braked = try await scenario.run("verify", "--repair", "--prune")
            #expect(braked.status == 1)
            #expect(braked.errors.contains("--prune-limit 15"), "\(braked.errors)")
            #expect(try await scenario.pointCount() == 40)
            let allowed = try await scenario.run("verify", "--repair", "--prune", "--prune-limit", "15")
            #expect(allowed.status == 0, "\(allowed.errors)")
            try await scenario.expectMirror()
        }
    }

    @Test func `tells points of others apart and does not count them`() async throws {
        try await withSyncedScenario { scenario in
            try await scenario.putPoint("11111111-1111-4111-8111-111111111111", #"{"_sync":{"source":"others"}}"#)
            try await scenario.putPoint("22222222-2222-4222-8222-222222222222", #"{"mine":1}"#)
            try await scenario.putPoint("7", "{}")
            let (status, verdict) = try await scenario.verify()
            #expect(status == 0)
            #expect(verdict["points"] as? Int == 40)
            #expect(verdict["foreign_points"] as? Int == 1)
            #expect(verdict["unmarked_points"] as? Int == 2)
        }
    }

    @Test(.enabled(if: TestServers.areSandbox))
    func `waits for changes that Qdrant has yet to make`() async throws {
        try await withSyncedScenario(qdrant: .init(version: "1.17.0")) { scenario in
            let faults = try #require(scenario.servers.sandbox?.qdrant.faults)
            try await scenario.editPayload(ofPattern: 3, #"{"language":"klingon"}"#)
            faults.set(.init(.collection, .updateQueue(2)))
            let program = try scenario.start("verify")
            // It has looked often: it does nothing else any more.
            try await scenario.wait(for: program) { (faults.fired.first ?? 0) >= 12 }
            try await scenario.editPayload(ofPattern: 3, #"{"language":"python"}"#)
            faults.clear()
            let outcome = await program.outcome()
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        }
    }

    @Test func `refuses options that contradict each other`() async throws {
        for arguments in [["--prune"], ["--repair", "--prune-limit", "3"], ["--sample", "-1"], ["--sample", "few"]] {
            let outcome = try await Scenario.program.run(["verify"] + arguments)
            #expect(outcome.status == 2, "\(outcome.errors)")
        }
    }
}

extension Scenario {
    /// Runs a verification that prints JSON.
    func verify(_ arguments: String...) async throws -> (status: Int32, verdict: [String: Any]) {
        let outcome = try await Self.program.run(["verify", "--json"] + arguments, environment: environment)
        let verdict = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        return (outcome.status, verdict ?? [:])
    }

    /// Stores a point of somebody else's.
    ///
    /// - Parameter id: a UUID, or a number.
    func putPoint(_ id: String, _ payload: String) async throws {
        let vector = "[1\(String(repeating: ",0", count: 767))]"
        let json = Int(id) == nil ? "\"\(id)\"" : id
        _ = try await qdrant(
            .put,
            "/points?wait=true",
            #"{"points":[{"id":\#(json),"vector":\#(vector),"payload":\#(payload)}]}"#
        )
    }

    /// Gives two points each other's vectors, and leaves their payloads.
    fileprivate func swapVectors(ofPattern first: Int, with second: Int) async throws {
        let ids = [first, second].map(Self.id(ofPattern:))
        let answer = try await qdrant(
            .post,
            "/points",
            #"{"ids":["\#(ids[0])","\#(ids[1])"],"with_payload":true,"with_vector":true}"#
        )
        let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        var points = object?["result"] as? [[String: Any]] ?? []
        guard points.count == 2 else { throw Timeout(errors: "\(points.count) points") }
        (points[0]["vector"], points[1]["vector"]) = (points[1]["vector"], points[0]["vector"])
        let body = try JSONSerialization.data(withJSONObject: ["points": points])
        _ = try await qdrant(.put, "/points?wait=true", String(decoding: body, as: UTF8.self))
    }
}
