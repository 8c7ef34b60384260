import JournalFile
import TestSupport
import Testing

@Suite struct JournalContractTests {
    @Test func `a journal on disk is what the engine is promised`() async throws {
        try await withTemporaryFolder { folder in
            let location = JournalLocation(directory: folder, name: "sync")
            let contract = JournalContract(
                open: { try await FileJournal.open(location) },
                events: { try await JournalReader.contents(of: location).entries.map(\.event) }
            )
            try await contract.check()
        }
    }
}
