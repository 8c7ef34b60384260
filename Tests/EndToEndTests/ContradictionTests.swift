import Foundation
import SandboxServers
import TestSupport
import Testing

/// Contradictory options are told before any server is asked.
@Suite("Options that contradict each other")
struct ContradictionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let says: [String]

        init(_ arguments: String, _ says: String...) {
            self.arguments = arguments.split(separator: " ").map(String.init)
            self.says = says
        }

        var testDescription: String { arguments.joined(separator: " ") }
    }

    @Test(arguments: [
        Case("--deep", "--deep", "--incremental"),
        Case("--defer-indexing maybe", "--defer-indexing", "auto or on or off"),
        Case("--defer-indexing on --incremental", "--defer-indexing on", "--incremental"),
        Case("--defer-indexing on --limit 5", "--defer-indexing on", "--limit"),
        Case("--defer-indexing on --dry-run", "--defer-indexing on", "--dry-run"),
        Case("--defer-indexing on --retry-rejected", "--defer-indexing on", "--retry-rejected"),
        Case("--defer-indexing off --rebuild", "--defer-indexing off", "--rebuild"),
        Case("--quantization binary", "--quantization", "none or int8"),
        Case("--datatype float64", "--datatype", "float32 or float16"),
        Case("--datatype uint8", "--datatype", "whole numbers from 0 to 255", "--quantization int8"),
        Case("--list", "--list", "--dry-run"),
        Case("--prune --limit 5", "--prune", "--limit 5"),
        Case("--prune-limit 5", "--prune-limit", "--prune"),
        Case("--prune --prune-limit many", "--prune-limit", "'many'"),
        Case("--replace-collection", "--replace-collection", "--rebuild"),
        Case("--foreign copy", "--foreign", "--rebuild"),
        Case("--rebuild --foreign keep", "--foreign", "'keep'", "copy or drop"),
        Case("--rebuild --incremental", "--rebuild", "--incremental"),
        Case("--rebuild --dry-run", "--rebuild", "--dry-run"),
        Case("--rebuild --prune", "--rebuild", "--prune"),
        Case("--rebuild --limit 5", "--rebuild", "--limit"),
        Case("--retry-rejected --rebuild", "--retry-rejected", "--rebuild"),
        Case("--retry-rejected --incremental", "--retry-rejected", "--incremental"),
        Case("--retry-rejected --incremental --deep", "--retry-rejected", "--incremental"),
        Case("--retry-rejected --deep", "--retry-rejected", "--deep"),
        Case("--retry-rejected --prune", "--retry-rejected", "--prune"),
        Case("--retry-rejected --limit 5", "--retry-rejected", "--limit"),
        Case("--retry-rejected --fresh", "--retry-rejected", "--fresh"),
        Case("--retry-rejected --dry-run", "--retry-rejected", "--dry-run"),
        Case("verify --prune", "--prune", "--repair"),
        Case("verify --repair --prune-limit 5", "--prune-limit", "--prune"),
        Case("verify --sample -1", "--sample"),
        Case("generations --drop --rollback", "--drop", "--rollback"),
    ])
    func `are a matter of usage`(_ bad: Case) async throws {
        let outcome = try await Scenario.program.run(
            bad.arguments,
            environment: ["QDRANT_URL": "http://127.0.0.1:9", "OLLAMA_BASE_URL": "http://127.0.0.1:9"]
        )
        #expect(outcome.status == 2, "\(outcome.errors)")
        for part in bad.says { #expect(outcome.errors.contains(part), "\(outcome.errors)") }
    }

    private func run(_ arguments: [String], file: String) async throws -> Program.Outcome {
        try await withTemporaryFolder { folder in
            let path = folder + "/sync.yaml"
            try file.write(toFile: path, atomically: true, encoding: .utf8)
            return try await Scenario.program.run(
                arguments + ["--config", path, "--wait", "0s"],
                environment: [
                    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none", "QDRANT_URL": "http://127.0.0.1:9",
                    "OLLAMA_BASE_URL": "http://127.0.0.1:9",
                ]
            )
        }
    }

    @Test func `in a file are none for a verification, which is no sync`() async throws {
        let file = "rebuild: true\nincremental: true\nprune: true\nlimit: 5\ndry_run: true\nretry_rejected: true\n"
        let sync = try await run([], file: file)
        #expect(sync.status == 2, "\(sync.errors)")
        // It gets as far as the database, which is not there.
        let verify = try await run(["verify"], file: file)
        #expect(verify.status == 1, "\(verify.errors)")
        #expect(verify.errors.contains("PostgreSQL"))
    }

    @Test func `in a file give way to a retry that the command line asks for`() async throws {
        let outcome = try await run(["--retry-rejected"], file: "rebuild: true\nincremental: true\nprune: true\n")
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains("PostgreSQL"))
    }

    @Test func `in a file are looked at though they idle`() async throws {
        let outcome = try await run([], file: "prune_limit: -5\n")
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(outcome.errors.contains("prune_limit in sync.yaml is '-5'"))
    }
}
