import Pipeline
import Testing

@testable import JournalFile

struct CompactionTests {
    private static var limits: JournalLimits {
        var limits = JournalLimits()
        limits.compactionByteCount = 1
        return limits
    }

    /// A run of many marks, one rejection each.
    private func run(_ runID: String, _ status: RunStatus? = .completed, limit: Int? = nil) -> [[JournalEvent]] {
        let marks = (1...40).map { [Sample.checkpoint($0), Sample.rejected("\(runID)-\($0)")] }
        return [[Sample.began(runID, limit: limit)]] + marks + (status.map { [[Sample.ended($0, 40)]] } ?? [])
    }

    @Test func `makes the journal smaller and tells the same of its runs`() async throws {
        let fixture = JournalFixture()
        let groups = run("aaaa") + run("bbbb", .interrupted) + run("cccc", limit: 40) + run("dddd", nil, limit: 40)
        try await fixture.write(groups)
        let before = try fixture.bytes().count
        try await #expect(fixture.reopened(limits: Self.limits).history == Sample.history(groups))
        #expect(try fixture.fileNames == ["journal-000002.zst", "lock"])
        let after = try fixture.bytes(of: "journal-000002.zst").count
        #expect(after * 4 < before)

        // Once is enough.
        try await #expect(fixture.reopened(limits: Self.limits).history == Sample.history(groups))
        #expect(try fixture.fileNames == ["journal-000002.zst", "lock"])
    }

    @Test func `happens when a run is completed, and the journal goes on`() async throws {
        let fixture = JournalFixture()
        let groups = run("aaaa") + [[Sample.began("bbbb")], [Sample.checkpoint(5)]]
        try await fixture.write(groups, limits: Self.limits)
        #expect(try fixture.fileNames == ["journal-000002.zst", "lock"])
        let contents = try await JournalReader.contents(of: fixture.location)
        #expect(try contents.history == Sample.history(groups))
        #expect(contents.entries.count == 43 + 2)
        try await #expect(fixture.reopened().history.interrupted(.full)?.checkpoint == Sample.mark(5))
    }

    @Test func `does not happen to a small journal`() async throws {
        let fixture = JournalFixture()
        try await fixture.write(Sample.threeGroups + [[Sample.ended(.completed, 200)]])
        #expect(try fixture.fileNames == ["journal-000001.zst", "lock"])
    }

    @Test func `keeps the rejections of the last three runs, and counts the others`() async throws {
        let fixture = JournalFixture()
        let names = ["aaaa", "bbbb", "cccc", "dddd", "eeee"]
        for name in names {
            try await fixture.write(run(name), limits: Self.limits)
        }
        let contents = try await JournalReader.contents(of: fixture.location)
        #expect(try contents.history == Sample.history(names.flatMap { run($0) }))
        #expect(contents.history.runs.map(\.rejectedRows) == [40, 40, 40, 40, 40])
        let listed = contents.entries.filter { if case .rejected = $0.event { true } else { false } }
        #expect(listed.map(\.runID) == ["cccc", "dddd", "eeee"].flatMap { Array(repeating: $0, count: 40) })
    }

    @Test(arguments: SyncMode.allCases)
    func `keeps the rejections of a run that is to be taken up, however many have come since`(
        mode: SyncMode
    ) async throws {
        let fixture = JournalFixture()
        let left: [[JournalEvent]] = [
            [Sample.began("aaaa", mode, embedderRecord: "record")],
            [Sample.rejected("k1"), Sample.rejected(nil, rowCount: 4), Sample.checkpoint(5)],
        ]
        let others = ["bbbb", "cccc", "dddd", "eeee"].flatMap { run($0, limit: 40) }
        try await fixture.write(left + others)
        for _ in 0..<2 {
            let history = try await fixture.reopened(limits: Self.limits).history
            #expect(
                history.interrupted(mode)
                    == InterruptedRun(
                        header: Sample.header("aaaa", mode, embedderRecord: "record"),
                        checkpoint: Sample.mark(5),
                        rejectedKeys: ["k1", nil]
                    )
            )
            #expect(history.recordingRun(into: "code_patterns")?.header.embedderRecord == "record")
            #expect(history.runs.first?.rejectedRows == 5)
        }
    }

    @Test func `keeps fifty runs, and the interrupted one however long ago it was`() async throws {
        let fixture = JournalFixture()
        let later = (0..<60).flatMap { [[Sample.began("run-\($0)", limit: 1)], [Sample.ended(.completed, 1)]] }
        let groups = [[Sample.began("gone")], [Sample.ended(.completed, 1)]] + run("aaaa", nil) + later
        try await fixture.write(groups)
        _ = try await fixture.reopened(limits: Self.limits)
        let history = try await fixture.reopened().history
        #expect(history.runs.map(\.header.runID) == ["aaaa"] + (10..<60).map { "run-\($0)" })
        #expect(history.interrupted(.full)?.checkpoint == Sample.mark(40))
        let whole = try Sample.history(groups)
        #expect(history.runs.dropFirst() == whole.runs.suffix(50))
        #expect(history.runs.first == whole.runs[1])
    }

    @Test func `begins from the snapshot where a crash has left the segments before it`() async throws {
        let fixture = JournalFixture()
        let groups = run("aaaa")
        var rolling = JournalLimits()
        rolling.segmentByteCount = 3000
        try await fixture.write(groups, limits: rolling)
        let old = try fixture.fileNames.filter { $0.hasSuffix(".zst") }
        #expect(old.count > 2)
        let bytes = try old.map { try fixture.bytes(of: $0) }
        _ = try await fixture.reopened(limits: Self.limits)
        let snapshot = SegmentFolder.fileName(ofSegment: old.count + 1)
        #expect(try fixture.fileNames == [snapshot, "lock"])
        for left in 0..<old.count {
            for index in left..<old.count {
                try fixture.replace(old[index], with: bytes[index])
            }
            try fixture.replace("\(snapshot).tmp", with: [1, 2, 3])
            try await #expect(JournalReader.contents(of: fixture.location).history == Sample.history(groups))
            try await #expect(fixture.reopened().history == Sample.history(groups))
            #expect(try fixture.fileNames == [snapshot, "lock"])
        }
    }
}
