import Foundation
import JournalFile
import Pipeline

extension Workload {
    /// A mark made durable: what a run does once a second.
    static let journalAppend = Workload("journal-append", "a mark made durable", count: 200) { count in
        try await withFolder { folder in
            let journal = try await FileJournal.open(JournalLocation(directory: folder, name: "append"))
            try await journal.append([.began(Inputs.header())])
            for number in 0..<count { try await journal.append([Inputs.checkpoint(number * 100)]) }
            await journal.close()
        }
    }

    /// What the start of a run does with the journal of one that was killed.
    static let journalRecovery = Workload("journal-recovery", "a journal of 200 marks opened", count: 5) { count in
        try await withFolder { folder in
            let location = JournalLocation(directory: folder, name: "recovery")
            let journal = try await FileJournal.open(location)
            try await journal.append([.began(Inputs.header())])
            for number in 1...200 { try await journal.append([Inputs.checkpoint(number * 100)]) }
            await journal.close()
            for _ in 0..<count {
                let opened = try await FileJournal.open(location)
                guard opened.history.interrupted(.full)?.checkpoint?.tally.rowsRead == 20_000 else {
                    throw WorkloadFault("the journal tells something else than was written")
                }
                await opened.close()
            }
        }
    }

    /// A folder that is there as long as `body` needs it.
    private static func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "workload-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path)
    }
}
