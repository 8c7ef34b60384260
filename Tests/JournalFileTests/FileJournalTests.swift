import Glibc
import Pipeline
import Testing

@testable import JournalFile

struct FileJournalTests {
    @Test func `tells again what was appended`() async throws {
        let fixture = JournalFixture()
        let groups = [
            [Sample.began(limit: 7)],
            [Sample.checkpoint(100), Sample.rejected("k1"), Sample.rejected(nil, rowCount: 3)],
            [Sample.ended(.interrupted, 120)],
        ]
        try await fixture.write(groups)

        let contents = try await JournalReader.contents(of: fixture.location)
        #expect(contents.entries.map(\.event) == Array(groups.joined()))
        #expect(contents.entries.allSatisfy { $0.time == Sample.time && $0.runID == "aaaa" })
        #expect(try contents.entries.map(\.json) == decompressedLines(fixture.bytes()))
        #expect(contents.tornByteCount == 0)
        let (history, notices) = try await fixture.reopened()
        #expect(history == contents.history)
        #expect(notices.isEmpty)
        let run = try #require(history.runs.first)
        #expect(history.runs.count == 1)
        #expect(run.header == Sample.header(limit: 7))
        #expect(run.startedAt == Sample.time)
        #expect(run.endedAt == Sample.time)
        #expect(run.status == .interrupted)
        #expect(run.checkpoint == Sample.mark(100))
        #expect(run.tally == Sample.tally(120))
        #expect(run.rejectedRows == 4)
    }

    @Test func `keeps any text as it is`() async throws {
        let fixture = JournalFixture(name: "straße/α β\n")
        let texts = [
            "", "a\"b\\c/d", "line\nend\r\u{2028}", "\u{0}\u{1}\u{7F}", "e\u{301}é", "👩‍👩‍👧", "}\n{\"event\":\"ended\"}",
        ]
        let events = texts.map { JournalEvent.rejected(Rejection(key: $0, reason: $0)) }
        let positions = texts.map { JournalEvent.checkpoint(Checkpoint(position: Position($0), tally: Tally())) }
        try await fixture.write([[Sample.began()], events, positions])

        let entries = try await JournalReader.contents(of: fixture.location).entries.dropFirst()
        for (entry, text) in zip(entries, texts + texts) {
            switch entry.event {
            case .rejected(let rejection):
                #expect(rejection.key.map { Array($0.utf8) } == Array(text.utf8))
                #expect(Array(rejection.reason.utf8) == Array(text.utf8))
            case .checkpoint(let checkpoint): #expect(Array(checkpoint.position.token.utf8) == Array(text.utf8))
            default: Issue.record("unexpected \(entry)")
            }
        }
        #expect(try await JournalReader.syncs(in: fixture.directory) == ["straße/α β\n"])
    }

    @Test func `goes on where it was closed`() async throws {
        let fixture = JournalFixture()
        for group in Sample.threeGroups {
            try await fixture.write([group])
        }
        try await #expect(fixture.reopened().history == Sample.history(Sample.threeGroups))
        #expect(try fixture.fileNames == ["journal-000001.zst", "lock"])
    }

    @Test func `keeps a group of many thousand rejections as one`() async throws {
        let fixture = JournalFixture()
        let rejections = (0..<20_000).map { Sample.rejected("key-\($0)") }
        try await fixture.write([[Sample.began()], rejections + [Sample.checkpoint(100)]])
        let bytes = try fixture.bytes()
        let offsets = recordOffsets(in: bytes)
        #expect(offsets.count > 2)
        let whole = SegmentScan(bytes, ofSegment: 1, in: SegmentFolder(path: ""), identity: nil, lastSequence: 0)
        var scan = whole
        var count = 0
        try scan.run { _ in count += 1 }
        #expect(count == 20_002)
        #expect(scan.badOffset == nil)

        // Without its last record none of the group counts.
        try fixture.replace(with: bytes[..<offsets[offsets.count - 1]])
        let (history, notices) = try await fixture.reopened()
        #expect(try history == Sample.history([[Sample.began()]]))
        #expect(notices.count == 1)
        #expect(try fixture.bytes().count == offsets[1])
    }

    @Test func `appends nothing for a group of nothing`() async throws {
        let fixture = JournalFixture()
        try await fixture.write([[], [Sample.began()], []])
        #expect(try recordOffsets(in: fixture.bytes()).count == 1)
    }

    @Test func `makes concurrent appends durable one after another`() async throws {
        let fixture = JournalFixture()
        let journal = try await fixture.open()
        try await journal.append([Sample.began()])
        try await withThrowingTaskGroup { group in
            for task in 0..<20 {
                group.addTask {
                    for step in 0..<10 {
                        let rows = task * 10 + step
                        try await journal.append([Sample.checkpoint(rows), Sample.rejected("of-\(rows)")])
                    }
                }
            }
            try await group.waitForAll()
        }
        // Still open, as after a crash: all is on disk already.
        let events = try await JournalReader.contents(of: fixture.location).entries.map(\.event).dropFirst()
        await journal.close()
        #expect(events.count == 400)
        var latest = [Int](repeating: -1, count: 20)
        for (mark, rejection) in zip(
            events.enumerated().filter { $0.offset % 2 == 0 },
            events.enumerated().filter { $0.offset % 2 == 1 }
        ) {
            guard case .checkpoint(let checkpoint) = mark.element, case .rejected(let rejected) = rejection.element
            else {
                Issue.record("a group was torn apart")
                continue
            }
            let rows = checkpoint.tally.rowsRead
            #expect(rejected.key == "of-\(rows)")
            #expect(latest[rows / 10] == rows % 10 - 1, "the order of calls of task \(rows / 10)")
            latest[rows / 10] = rows % 10
        }
    }

    @Test func `takes nothing after it was closed`() async throws {
        let fixture = JournalFixture()
        let journal = try await fixture.open()
        await journal.close()
        await journal.close()
        await #expect(throws: PipelineError(.setup, "the journal has been closed")) {
            try await journal.append([Sample.began()])
        }
    }

    @Test func `is for this user only`() async throws {
        let fixture = JournalFixture()
        try await fixture.write(Sample.threeGroups)
        let folder = fixture.location.folder
        for (path, mode) in [
            (fixture.directory, 0o700), (folder, 0o700), ("\(folder)/journal-000001.zst", 0o600),
            ("\(folder)/lock", 0o600),
        ] {
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(Int(status.st_mode) & 0o777 == mode, "\(path)")
        }
    }
}
