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
}
