import Pipeline
import Testing

@testable import JournalFile

struct DamageTests {
    @Test func `cuts off a torn record wherever it was torn, and goes on`() async throws {
        let fixture = JournalFixture()
        try await fixture.write(Sample.threeGroups)
        let whole = try fixture.bytes()
        let last = try #require(recordOffsets(in: whole).last)
        for length in last + 1..<whole.count {
            try fixture.replace(with: whole[..<length])
            let tornBytes = try await JournalReader.contents(of: fixture.location).tornByteCount
            #expect(tornBytes == length - last)

            let journal = try await fixture.open()
            #expect(try journal.history == Sample.history(Array(Sample.threeGroups.dropLast())))
            let aside = "journal-000001.torn-\(last)" + (length == last + 1 ? "" : "-\(length - last)")
            #expect(
                journal.notices == [
                    "cut off a torn record of \(length - last) bytes at the end of journal-000001.zst; it is kept in \(aside)"
                ]
            )
            #expect(try fixture.bytes(of: aside) == Array(whole[last..<length]))
            try await journal.append([Sample.checkpoint(300)])
            await journal.close()
            let (history, notices) = try await fixture.reopened()
            #expect(history.interrupted(.full)?.checkpoint == Sample.mark(300))
            #expect(notices.isEmpty)
        }
    }

    @Test func `cuts off a tail of zeros, and what an earlier file left there`() async throws {
        let fixture = JournalFixture()
        try await fixture.write(Sample.threeGroups)
        let whole = try fixture.bytes()
        let other = JournalFixture()
        try await other.write(Sample.threeGroups)
        let stale = try other.bytes()
        let first = recordOffsets(in: whole)[1]
        for tail in [[UInt8](repeating: 0, count: 4096), stale, Array(whole[..<first]), [0x57]] {
            try fixture.replace(with: whole + tail)
            let (history, notices) = try await fixture.reopened()
            #expect(try history == Sample.history(Sample.threeGroups))
            #expect(notices.count == 1)
            #expect(try fixture.bytes() == whole)
        }
    }

    @Test func `never passes over a byte that has changed`() async throws {
        let fixture = JournalFixture()
        try await fixture.write(Sample.threeGroups)
        let whole = try fixture.bytes()
        let offsets = recordOffsets(in: whole)
        for position in whole.indices {
            var bytes = whole
            bytes[position] ^= position % 2 == 0 ? 0xFF : 0x01
            try fixture.replace(with: bytes)
            let record = try #require(offsets.last { $0 <= position })
            if record == offsets.last {
                let (history, notices) = try await fixture.reopened()
                #expect(try history == Sample.history(Array(Sample.threeGroups.dropLast())))
                #expect(notices.count == 1)
            } else {
                let error = try #require(
                    await #expect(throws: PipelineError.self) { try await fixture.location.open() }
                )
                #expect(error.kind == .setup)
                #expect(error.message.contains("journal-000001.zst at byte \(record)"), "\(position): \(error)")
                #expect(error.remedy?.contains("no data is lost") == true)
                #expect(try fixture.bytes() == bytes)
            }
        }
    }

    @Test func `never passes over a byte that has changed in the only record`() async throws {
        let fixture = JournalFixture()
        try await fixture.write([[Sample.began()]])
        let whole = try fixture.bytes()
        for position in whole.indices {
            var bytes = whole
            bytes[position] ^= 0x10
            try fixture.replace(with: bytes)
            if position < RecordFormat.magic.count {
                let error = try #require(
                    await #expect(throws: PipelineError.self) { try await fixture.location.open() }
                )
                #expect(error.message.contains("is not a journal"))
            } else {
                let (history, notices) = try await fixture.reopened()
                #expect(history.runs.isEmpty)
                #expect(notices.count == 1)
            }
        }
    }

    @Test func `never cuts off any of a snapshot that stands alone`() async throws {
        let fixture = JournalFixture()
        var limits = JournalLimits()
        limits.compactionByteCount = 1
        limits.contentByteCount = 200
        let groups = [
            [Sample.began()], [Sample.checkpoint(100)], [Sample.rejected("k")], [Sample.ended(.completed, 100)],
        ]
        try await fixture.write(groups, limits: limits)
        #expect(try fixture.fileNames == ["journal-000002.zst", "lock"])
        let whole = try fixture.bytes(of: "journal-000002.zst")
        #expect(recordOffsets(in: whole).count > 1)
        for position in whole.indices {
            var bytes = whole
            bytes[position] ^= 0x10
            try fixture.replace("journal-000002.zst", with: bytes)
            await #expect(throws: PipelineError.self) { try await fixture.location.open() }
            try fixture.replace("journal-000002.zst", with: whole[..<position])
            await #expect(throws: PipelineError.self) { try await fixture.location.open() }
        }
        try fixture.replace("journal-000002.zst", with: whole)
        try await #expect(fixture.reopened().history == Sample.history(groups))
    }

    @Test(arguments: ["hello, world", "{\"event\":\"began\"}\n", "PK\u{3}\u{4}", "x"])
    func `says that a file is not a journal`(text: String) async throws {
        let fixture = JournalFixture()
        try await fixture.write([])
        try fixture.replace(with: text.utf8)
        let error = try #require(await #expect(throws: PipelineError.self) { try await fixture.location.open() })
        #expect(error.kind == .setup)
        #expect(error.message.contains("journal-000001.zst is not a journal"))
        #expect(try fixture.bytes() == Array(text.utf8))
    }

    @Test func `says which segment is missing`() async throws {
        var limits = JournalLimits()
        limits.segmentByteCount = 1
        for number in 1...2 {
            let fixture = JournalFixture()
            try await fixture.write(Sample.threeGroups, limits: limits)
            try fixture.remove("journal-00000\(number).zst")
            let error = try #require(await #expect(throws: PipelineError.self) { try await fixture.location.open() })
            #expect(error.kind == .setup)
            #expect(error.message.contains("journal-00000\(number).zst is missing"))
        }
    }

    @Test func `does not mind an empty last segment, but any other that is cut short`() async throws {
        var limits = JournalLimits()
        limits.segmentByteCount = 1
        for number in 1...3 {
            let fixture = JournalFixture()
            try await fixture.write(Sample.threeGroups, limits: limits)
            try fixture.replace("journal-00000\(number).zst", with: [])
            if number == 3 {
                let (history, notices) = try await fixture.reopened()
                #expect(try history == Sample.history(Array(Sample.threeGroups.dropLast())))
                #expect(notices.isEmpty)
                try await fixture.write([[Sample.checkpoint(300)]], limits: limits)
                try await #expect(fixture.reopened().history.interrupted(.full)?.checkpoint == Sample.mark(300))
            } else {
                let error = try #require(
                    await #expect(throws: PipelineError.self) { try await fixture.location.open() }
                )
                #expect(error.message.contains("journal-00000\(number + 1).zst at byte 0"))
            }
        }
    }

    @Test func `does not take a segment of another journal`() async throws {
        let fixture = JournalFixture()
        let other = JournalFixture()
        var limits = JournalLimits()
        limits.segmentByteCount = 1
        try await fixture.write(Sample.threeGroups, limits: limits)
        try await other.write(Sample.threeGroups, limits: limits)
        let bytes = try other.bytes(of: "journal-000003.zst")
        try fixture.replace("journal-000003.zst", with: bytes)
        let error = try #require(await #expect(throws: PipelineError.self) { try await fixture.location.open() })
        #expect(error.message.contains("journal-000003.zst at byte 0: the record is of another journal"))
    }
}
