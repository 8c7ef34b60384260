import Pipeline
import Testing

@testable import JournalFile

struct FormatTests {
    @Test func `is read as lines of JSON by any zstd`() async throws {
        let fixture = JournalFixture()
        try await fixture.write([
            [Sample.began()], [Sample.checkpoint(100), Sample.rejected("a/b")],
            [Sample.ended(.completedWithRejects, 100)],
        ])
        #expect(
            try decompressed(fixture.bytes()) == """
                {"attempt":1,"collection":"code_patterns","event":"began","fingerprint":{"embedder":"e1","source":"s1","target":"t1"},\
                "generation":"aaaa","mode":"full","model":"nomic-embed-text","time":"2026-03-01T09:30:00.250Z"}
                {"event":"checkpoint","position":"key-100","tally":{"deleted":0,"embed_requests":6,"embedded":100,\
                "payload_updated":0,"rejected":0,"retries":2,"reused":0,"rows_read":100,"stale":0,"truncated":1,"unchanged":0,\
                "upsert_requests":1,"upserted":100},"time":"2026-03-01T09:30:00.250Z"}
                {"event":"rejected","key":"a/b","reason":"its text is blank","row_count":1,"time":"2026-03-01T09:30:00.250Z"}
                {"event":"ended","status":"completed_with_rejects","tally":{"deleted":0,"embed_requests":6,"embedded":100,\
                "payload_updated":0,"rejected":0,"retries":2,"reused":0,"rows_read":100,"stale":0,"truncated":1,"unchanged":0,\
                "upsert_requests":1,"upserted":100},"time":"2026-03-01T09:30:00.250Z"}

                """
        )
    }

    @Test func `numbers records across segments and marks them with one identity`() async throws {
        let fixture = JournalFixture()
        var limits = JournalLimits()
        limits.segmentByteCount = 1
        try await fixture.write(Sample.threeGroups, limits: limits)
        let headers = try (1...3).map { number in
            try #require(try RecordHeader(checking: fixture.bytes(of: "journal-00000\(number).zst")[...]))
        }
        #expect(headers.map(\.sequence) == [1, 2, 3])
        #expect(Set(headers.map(\.identity)).count == 1)
        try await #expect(fixture.reopened().history == Sample.history(Sample.threeGroups))
    }

    @Test func `passes over unknown keys and takes missing counts for 0`() async throws {
        let line =
            #"{"time":"2026-03-01T09:30:00.250Z","event":"checkpoint","position":"p","new":[1],"tally":{"rows_read":4,"x":1}}"#
        var tally = Tally()
        tally.rowsRead = 4
        #expect(
            try LoggedEvent(line: Array(line.utf8)[...]).event
                == .checkpoint(Checkpoint(position: Position("p"), tally: tally))
        )
    }

    @Test func `reads what was written before there were incremental runs`() async throws {
        let lines = [
            #"{"attempt":1,"collection":"code_patterns","event":"began","fingerprint":{"embedder":"e1","source":"s1","target":"t1"},"#
                + #""generation":"aaaa","mode":"full","model":"nomic-embed-text","time":"2026-03-01T09:30:00.250Z"}"#,
            #"{"event":"rejected","key":"a/b","reason":"its text is blank","row_count":1,"time":"2026-03-01T09:30:00.250Z"}"#,
            #"{"event":"checkpoint","position":"key-100","tally":{"embed_requests":6,"embedded":100,"rejected":0,"retries":2,"#
                + #""rows_read":100,"truncated":1,"upsert_requests":1,"upserted":100},"time":"2026-03-01T09:30:00.250Z"}"#,
        ]
        let fixture = JournalFixture()
        try await fixture.write([])
        let group = try RecordGroup(lines: lines.map { Array($0.utf8)[...] }, from: 1, identity: .random())
        try fixture.replace(with: group.bytes)
        let history = try await fixture.reopened().history
        #expect(
            history.interrupted(.full)
                == InterruptedRun(header: Sample.header(), checkpoint: Sample.mark(100), rejectedKeys: ["a/b"])
        )
        #expect(history.recordingRun(into: "code_patterns") == nil)
    }

    @Test func `keeps every count and what it was told of the embedder`() async throws {
        var tally = Tally()
        tally.payloadUpdated = 1
        tally.unchanged = 2
        tally.reused = 3
        tally.stale = 4
        tally.deleted = 5
        let fixture = JournalFixture()
        let events: [JournalEvent] = [
            Sample.began("aaaa", .incremental, embedderRecord: #"{"canaries":[[0.5]]}"#), .ended(.completed, tally),
        ]
        try await fixture.write([events])
        let text = try decompressed(fixture.bytes())
        #expect(
            text.contains(#""embedder_record":"{\"canaries\":[[0.5]]}""#) && text.contains(#""mode":"incremental""#)
        )
        #expect(text.contains(#""payload_updated":1"#) && text.contains(#""unchanged":2"#))
        #expect(text.contains(#""reused":3"#) && text.contains(#""stale":4"#) && text.contains(#""deleted":5"#))
        try await #expect(JournalReader.contents(of: fixture.location).entries.map(\.event) == events)
    }

    @Test(arguments: [
        #"{"time":"2026-03-01T09:30:00.250Z","event":"paused"}"#,
        #"{"time":"2026-03-01T09:30:00.250Z","event":"checkpoint"}"#,
        #"{"time":"now","event":"rejected","reason":"r","row_count":1}"#, "{", "[]",
    ])
    func `refuses what a good record should not hold`(line: String) async throws {
        let fixture = JournalFixture()
        try await fixture.write([])
        let identity = RecordHeader.Identity.random()
        try fixture.replace(with: RecordGroup(lines: [Array(line.utf8)[...]], from: 1, identity: identity).bytes)
        let error = try #require(await #expect(throws: PipelineError.self) { try await fixture.location.open() })
        #expect(error.kind == .setup)
        #expect(error.message.contains("journal-000001.zst at byte 0"))
        #expect(error.remedy?.contains("move") == true)
    }

    @Test func `says that a newer format is one`() async throws {
        let fixture = JournalFixture()
        try await fixture.write(Sample.threeGroups)
        let frame = ZstandardCompressor().frame(of: [1, 2, 3])
        var header = RecordHeader(
            flags: [],
            contentByteCount: 3,
            frameByteCount: frame.count,
            sequence: 4,
            identity: .random()
        )
        header.version = 2
        let record = header.encoded(before: frame[...]) + frame
        let whole = try fixture.bytes()
        for bytes in [record, whole + record, whole + [1, 2, 3] + record] {
            try fixture.replace(with: bytes)
            let error = try #require(await #expect(throws: PipelineError.self) { try await fixture.location.open() })
            #expect(error.message.contains("newer pattern-sync: it has format version 2"))
            #expect(error.remedy?.hasPrefix("use the newer pattern-sync") == true)
            #expect(try fixture.bytes() == bytes)
        }
    }

    @Test func `refuses a format version that never was, and changes nothing`() async throws {
        let fixture = JournalFixture()
        try await fixture.write(Sample.threeGroups)
        let whole = try fixture.bytes()
        let old = try #require(RecordHeader(checking: whole[...]))
        let content = Array("{}\n".utf8)
        let frame = ZstandardCompressor().frame(of: content[...])
        var header = RecordHeader(
            flags: [],
            contentByteCount: content.count,
            frameByteCount: frame.count,
            sequence: 4,
            identity: old.identity
        )
        header.version = 0
        let bytes = whole + header.encoded(before: frame[...]) + frame
        try fixture.replace(with: bytes)
        let error = try #require(await #expect(throws: PipelineError.self) { try await fixture.location.open() })
        #expect(error.kind == .setup)
        #expect(error.message.contains("journal-000001.zst at byte \(whole.count): it has format version 0"))
        #expect(error.remedy?.contains("no data is lost") == true)
        #expect(try fixture.bytes() == bytes)
    }

    @Test(arguments: [
        #"{"time":"2026-03-01T09:30:00.250Z","event":"rejected","reason":"r","row_count":9223372036854775807}"#,
        #"{"time":"2026-03-01T09:30:00.250Z","event":"rejected","reason":"r","row_count":-1}"#,
    ])
    func `refuses counts that nothing has`(line: String) {
        #expect(throws: UnreadableLine.self) { try LoggedEvent(line: Array(line.utf8)[...]) }
    }

    @Test func `does not take more memory than a header may ask for`() {
        let frame = ZstandardCompressor().frame(of: [UInt8](repeating: 0, count: 1 << 20)[...])
        #expect(throws: ZstandardError.self) { try ZstandardDecompressor().content(of: frame[...], byteCount: 100) }
        let header = RecordHeader(
            flags: [],
            contentByteCount: RecordFormat.largestContent + 1,
            frameByteCount: frame.count,
            sequence: 1,
            identity: .random()
        )
        #expect(RecordHeader(checking: (header.encoded(before: frame[...]) + frame)[...]) == nil)
    }
}
