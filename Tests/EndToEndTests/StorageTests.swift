import CurlHTTP
import Foundation
import SandboxServers
import TestSupport
import Testing

@Suite("The storage of a collection", .enabled(if: TestDatabase.isAvailable), .endsSomeTime)
struct StorageTests {
    private static let table = PatternTable.creation() + PatternTable.rows(1...60)

    /// How the collection keeps its vectors: datatype, whether on disk, and what a quantized component takes.
    private func storage(_ scenario: Scenario, _ suffix: String = "") async throws -> [String] {
        let answer = try await scenario.qdrant(.get, suffix)
        let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        let config = (object?["result"] as? [String: Any])?["config"] as? [String: Any]
        let vectors = (config?["params"] as? [String: Any])?["vectors"] as? [String: Any]
        let scalar = (config?["quantization_config"] as? [String: Any])?["scalar"] as? [String: Any]
        return [
            vectors?["datatype"] as? String ?? "float32", vectors?["on_disk"] as? Bool == true ? "disk" : "memory",
            scalar?["type"] as? String ?? "none",
        ]
    }

    @Test(arguments: [
        (["--datatype", "float16"], ["float16", "memory", "none"]),
        (["--quantization", "int8", "--vectors-on-disk"], ["float32", "disk", "int8"]),
        (["--datatype", "float16", "--quantization", "int8"], ["float16", "memory", "int8"]),
    ])
    func `is what a first sync is asked for, and its vectors are known again`(
        options: [String],
        expected: [String]
    ) async throws {
        try await withScenario(Self.table) { scenario in
            let first = try await Scenario.program.run(options, environment: scenario.environment)
            #expect(first.status == 0, "\(first.errors)")
            #expect(try await storage(scenario) == expected)
            let again = try await Scenario.program.run(options + ["--incremental"], environment: scenario.environment)
            #expect(again.status == 0, "\(again.errors)")
            #expect(again.output.contains("60 unchanged"), "\(again.output)")
            let verified = try await scenario.run("verify", "--sample", "20")
            #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
            let found = try await scenario.run("search", "pattern", "--limit", "1", "--json")
            #expect(found.output.contains("score"), "\(found.errors)")
        }
    }

    @Test(.enabled(if: TestServers.areSandbox))
    func `with fewer bits lets vectors be checked that nothing else is known about`() async throws {
        try await withScenario(Self.table, qdrant: .init(version: "1.15.4")) { scenario in
            #expect(try await scenario.run("--datatype", "float16").status == 0)
            try FileManager.default.removeItem(atPath: scenario.journal)
            let next = try await scenario.measure("--incremental")
            #expect(next.status == 0, "\(next.errors)")
            #expect(next.count("unchanged") == 60)
            try FileManager.default.removeItem(atPath: scenario.journal)
            scenario.servers.sandbox?.ollama[0].model?.set(revision: 1)
            let refused = try await scenario.run("--incremental")
            #expect(refused.status == 1)
            #expect(refused.errors.contains("another model"), "\(refused.errors)")
        }
    }

    @Test func `of a collection that is there is never changed: a flag is refused, the file's wish is told`()
        async throws
    {
        try await withScenario(Self.table) { scenario in
            #expect(try await scenario.run("--quantization", "int8").status == 0)
            let refused = try await scenario.run("--quantization", "none", "--vectors-on-disk")
            #expect(refused.status == 1)
            #expect(refused.errors.contains("in memory instead of on disk"), "\(refused.errors)")
            #expect(refused.errors.contains("with quantization int8 instead of none"), "\(refused.errors)")
            #expect(refused.errors.contains("--rebuild"), "\(refused.errors)")
            let dry = try await scenario.run("--dry-run", "--vectors-on-disk")
            #expect(dry.status == 1)
            let config = try scenario.file("sync.yaml", "vectors_on_disk: true\nquantization: int8\n")
            let told = try await scenario.run("--config", config, "--incremental")
            #expect(told.status == 0, "\(told.errors)")
            #expect(told.errors.contains("keeps its vectors in memory instead of on disk, as a collection"))
            let silent = try await scenario.run("--incremental")
            #expect(!silent.errors.contains("instead of"), "\(silent.errors)")
            #expect(try await storage(scenario) == ["float32", "memory", "int8"])
        }
    }

    @Test(.enabled(if: TestServers.areSandbox))
    func `is the same in the next generation, unless another is asked for`() async throws {
        try await withScenario(Self.table) { scenario in
            let first = try await scenario.run("--rebuild", "--quantization", "int8", "--vectors-on-disk")
            #expect(first.status == 0, "\(first.errors)")
            #expect(try await storage(scenario, "__g1") == ["float32", "disk", "int8"])
            let second = try await scenario.measure("--rebuild")
            #expect(second.status == 0, "\(second.errors)")
            #expect(second.count("reused") == 60)
            #expect(second.report["index_seconds"] is Double)
            #expect(try await storage(scenario, "__g2") == ["float32", "disk", "int8"])
            let third = try await scenario.measure("--rebuild", "--quantization", "none", "--datatype", "float16")
            #expect(third.status == 0, "\(third.errors)")
            #expect(third.count("reused") == 60)
            #expect(try await storage(scenario) == ["float16", "disk", "none"])
            // Vectors of fewer bits are not handed on.
            let fourth = try await scenario.measure("--rebuild", "--datatype", "float32")
            #expect(fourth.status == 0, "\(fourth.errors)")
            #expect(fourth.count("embedded") == 60)
            #expect(try await storage(scenario) == ["float32", "disk", "none"])
            try await scenario.expectMirror()
        }
    }

    @Test(.enabled(if: TestServers.areSandbox))
    func `of a kind that there is no choice of is told when a rebuild leaves it behind`() async throws {
        try await withScenario(Self.table) { scenario in
            #expect(try await scenario.run("--rebuild").status == 0)
            let body = #"{"quantization_config":{"product":{"compression":"x16"}}}"#
            #expect(try await scenario.qdrant(.patch, "__g1", body).status == 200)
            let told = try await scenario.run("--rebuild")
            #expect(told.status == 0, "\(told.errors)")
            #expect(told.errors.contains("has the quantization product, and the new generation has not"))
            let silent = try await scenario.run("--rebuild", "--quantization", "int8")
            #expect(!silent.errors.contains("has not"), "\(silent.errors)")
            #expect(try await storage(scenario) == ["float32", "memory", "int8"])
        }
    }

    @Test(.enabled(if: TestServers.areSandbox))
    func `decides whether a rebuild goes on with what another has begun`() async throws {
        try await withScenario(Self.table, ollama: .init(serviceTime: .milliseconds(5))) { scenario in
            let program = try scenario.start("--rebuild", "--batch-size", "10", "--window", "2")
            try await scenario.wait(for: program) { try await scenario.pointCount("__g1") >= 10 }
            program.send(signal: SIGKILL)
            _ = await program.outcome()
            let run = try await scenario.measure("--rebuild", "--datatype", "float16")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("is not gone on with"), "\(run.errors)")
            #expect(run.count("attempt") == 1)
            #expect(try await storage(scenario) == ["float16", "memory", "none"])
            #expect(try await scenario.generations().count == 1)
        }
    }
}
