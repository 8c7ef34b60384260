import FoundationEssentials
import Pipeline
import Testing

@testable import JournalFile

/// Journals that an earlier program has written. Each later one must read them as they are here, for ever: never write
/// them anew.
struct GoldenTests {
    /// What a journal tells of one of its runs.
    private struct Run: Equatable {
        var runID: String
        var mode: SyncMode
        var attempt: Int
        var status: RunStatus?
        var position: String?
        var rowsRead: Int
        var rejectedRows: Int

        init(_ record: RunRecord) {
            runID = record.header.runID
            mode = record.header.mode
            attempt = record.header.attempt
            status = record.status
            position = record.checkpoint?.position.token
            rowsRead = record.tally.rowsRead
            rejectedRows = record.rejectedRows
        }

        init(
            _ runID: String,
            mode: SyncMode = .full,
            attempt: Int = 1,
            _ status: RunStatus?,
            _ position: String?,
            rows: Int,
            rejected: Int
        ) {
            self.runID = runID
            self.mode = mode
            self.attempt = attempt
            self.status = status
            self.position = position
            rowsRead = rows
            rejectedRows = rejected
        }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    /// Puts the files of a golden journal where they may be changed, and returns the lines that it is to hold.
    private func copy(_ name: String, into fixture: borrowing JournalFixture) async throws -> [String] {
        try await fixture.write([])
        try fixture.remove("journal-000001.zst")
        let source = Self.folder.appending(path: name)
        for file in try FileManager.default.contentsOfDirectory(atPath: source.path) where file.hasSuffix(".zst") {
            try fixture.replace(file, with: Data(contentsOf: source.appending(path: file)))
        }
        let lines = try Data(contentsOf: source.appending(path: "events.jsonl"))
        return String(decoding: lines, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `reads segments of version 1, with groups of several records`() async throws {
        let fixture = JournalFixture()
        let lines = try await copy("segments", into: fixture)
        let contents = try await JournalReader.contents(of: fixture.location)
        #expect(contents.entries.map(\.json) == lines)
        #expect(contents.tornByteCount == 0)
        #expect(
            contents.history.runs.map(Run.init) == [
                Run("aaaa", attempt: 2, .completedWithRejects, "key-300", rows: 300, rejected: 7),
                Run("iiii", mode: .incremental, nil, "key-50", rows: 50, rejected: 0),
            ]
        )
        let interrupted = try #require(contents.history.interrupted(.incremental))
        #expect(interrupted.checkpoint == Sample.mark(50))
        #expect(interrupted.header == Sample.header("iiii", .incremental, embedderRecord: #"{"canaries":[[0.5]]}"#))
        #expect(contents.history.interrupted(.full) == nil)
        try await #expect(fixture.reopened().history == contents.history)
    }

    @Test func `reads a snapshot of version 1, and goes on behind it`() async throws {
        let fixture = JournalFixture()
        let lines = try await copy("snapshot", into: fixture)
        let contents = try await JournalReader.contents(of: fixture.location)
        #expect(contents.entries.map(\.json) == lines)
        #expect(
            contents.history.runs.map(Run.init)
                == ["aaaa", "bbbb", "cccc", "dddd"].map {
                    Run($0, .completedWithRejects, "key-200", rows: 200, rejected: 3)
                } + [Run("eeee", nil, "key-70", rows: 70, rejected: 2)]
        )
        let interrupted = try #require(contents.history.interrupted(.full))
        #expect(interrupted.checkpoint == Sample.mark(70))
        #expect(interrupted.rejectedKeys == ["e-1", nil])
        try await fixture.write([[Sample.checkpoint(90)]])
        try await #expect(fixture.reopened().history.interrupted(.full)?.checkpoint == Sample.mark(90))
    }
}
