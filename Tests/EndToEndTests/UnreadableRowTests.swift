import Foundation
import TestSupport
import Testing

@Suite("A row for which the query fails", .enabled(if: TestDatabase.isAvailable), .endsSomeTime)
struct UnreadableRowTests {
    private static let table = """
        CREATE TABLE fragile (id bigint PRIMARY KEY, number int);
        INSERT INTO fragile SELECT i, i % 50 FROM generate_series(1, 200) AS i;
        """

    @Test func `is rejected by full and incremental syncs, and stands in the way of no other`() async throws {
        try await withScenario(Self.table) { scenario in
            let config = try scenario.file(
                "sync.yaml",
                """
                name: fragile
                key: bigint
                query: SELECT id, 'quotient ' || 100 / number AS text, '{}'::jsonb AS payload FROM fragile
                """
            )
            for mode in [[], ["--incremental"]] {
                let outcome = try await Scenario.program.run(
                    mode + ["--config", config, "--report", scenario.reportPath],
                    environment: scenario.environment
                )
                #expect(outcome.status == 3, "\(outcome.errors)")
                #expect(outcome.errors.contains("row 50 rejected: PostgreSQL: division by zero"), "\(outcome.errors)")
                #expect(try scenario.report()["rejected"] as? Int == 4)
                #expect(try await scenario.pointCount() == 196)
            }
            let verdict = try await scenario.run("verify", "--config", config)
            #expect(verdict.status == 0, "\(verdict.output)\(verdict.errors)")
        }
    }
}
