import Pipeline
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable))
struct RowSourceContractTests {
    @Test func `a scan keeps the contract of row sources`() async throws {
        try await withDatabase { database in
            try await database.run(
                ItemTable.creation + ItemTable.rows(1...12) + "UPDATE items SET text = '' WHERE id IN (5, 8)"
            )
            let keys = (1...12).filter { $0 != 5 && $0 != 8 }.map { RowKey.integer(UInt64($0)) }
            for window in [Duration.zero, .seconds(60)] {
                try await RowSourceContract(
                    keys: keys,
                    rejected: 2,
                    digests: { try database.source(ItemTable.query, snapshotWindow: window, reading: .digests) },
                    make: { try database.source(ItemTable.query, snapshotWindow: window) }
                ).check()
            }
        }
    }
}
