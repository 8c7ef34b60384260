import Pipeline
import TestSupport
import Testing

@testable import JournalFile

/// Damage at every place of a journal of several segments, whose last group is several records.
struct ExhaustiveDamageTests {
    /// The last group is larger than a record may be here.
    private static let groups: [[JournalEvent]] = [
        [Sample.began()], [Sample.checkpoint(100), Sample.rejected("k7")], [Sample.checkpoint(200)],
        (1...6).map { Sample.rejected("rejected-\($0)") } + [Sample.checkpoint(300)],
    ]

    private static var limits: JournalLimits {
        var limits = JournalLimits()
        limits.segmentByteCount = 500
        limits.contentByteCount = 200
        return limits
    }

    /// The journal's segments and their bytes, the last one last.
    private func segments(of fixture: borrowing JournalFixture) throws -> [(name: String, bytes: [UInt8])] {
        try fixture.fileNames.filter { $0.hasSuffix(".zst") }.map { ($0, try fixture.bytes(of: $0)) }
    }

    /// Where the last group begins in its segment.
    private func lastGroup(in bytes: [UInt8]) throws -> Int {
        let starts = recordOffsets(in: bytes).filter { offset in
            guard offset > 0 else { return true }
            let before = recordOffsets(in: bytes).last { $0 < offset } ?? 0
            return RecordHeader(checking: bytes[before...])?.flags.contains(.continues) == false
        }
        return try #require(starts.last)
    }

    /// Puts the segments back as they were and removes all else but the lock.
    private func restore(
        _ segments: [(name: String, bytes: [UInt8])],
        in fixture: borrowing JournalFixture
    ) throws {
        for name in try fixture.fileNames where name != "lock" { try fixture.remove(name) }
        for (name, bytes) in segments { try fixture.replace(name, with: bytes) }
    }

    @Test func `cuts off a group of several records as a whole, wherever it was torn`() async throws {
        let fixture = JournalFixture()
        try await fixture.write(Self.groups, limits: Self.limits)
        let segments = try segments(of: fixture)
        let (name, whole) = try #require(segments.last)
        let start = try lastGroup(in: whole)
        #expect(recordOffsets(in: whole).filter { $0 >= start }.count > 1)
        let expected = try Sample.history(Array(Self.groups.dropLast()))
        for length in start + 1..<whole.count {
            try restore(segments, in: fixture)
            try fixture.replace(name, with: whole[..<length])
            let journal = try await fixture.open(limits: Self.limits)
            #expect(journal.history == expected, "\(length)")
            #expect(journal.notices.count == 1, "\(length)")
            await journal.close()
            let aside = try #require(fixture.fileNames.first { $0.contains(".torn-\(start)") })
            #expect(try fixture.bytes(of: aside) == Array(whole[start..<length]), "\(length)")
            #expect(try fixture.bytes(of: name) == Array(whole[..<start]), "\(length)")
        }
    }

    @Test func `never passes over a changed byte in any of its segments`() async throws {
        let fixture = JournalFixture()
        try await fixture.write(Self.groups, limits: Self.limits)
        let segments = try segments(of: fixture)
        #expect(segments.count > 1)
        let last = try #require(segments.last)
        let lastRecord = try #require(recordOffsets(in: last.bytes).last)
        let withoutLast = try Sample.history(Array(Self.groups.dropLast()))
        let patterns: [UInt8] = Torture.isOn ? Array(1...255) : [0x02]
        for (name, whole) in segments {
            for position in whole.indices {
                for pattern in patterns {
                    var bytes = whole
                    bytes[position] ^= pattern
                    try restore(segments, in: fixture)
                    try fixture.replace(name, with: bytes)
                    if name == last.name, position >= lastRecord {
                        let (history, notices) = try await fixture.reopened(limits: Self.limits)
                        #expect(history == withoutLast && notices.count == 1, "\(name) \(position) \(pattern)")
                    } else {
                        try await expectRefusal(of: fixture, "\(name) \(position) \(pattern)")
                        #expect(try fixture.bytes(of: name) == bytes)
                    }
                }
            }
        }
    }

    @Test func `refuses a segment that is cut short when another comes after it`() async throws {
        let fixture = JournalFixture()
        try await fixture.write(Self.groups, limits: Self.limits)
        let segments = try segments(of: fixture)
        for (name, whole) in segments.dropLast() {
            for length in whole.indices {
                try restore(segments, in: fixture)
                try fixture.replace(name, with: whole[..<length])
                try await expectRefusal(of: fixture, "\(name) \(length)")
            }
        }
    }

    private func expectRefusal(of fixture: borrowing JournalFixture, _ comment: Comment) async throws {
        let location = fixture.location
        let error = try #require(
            await #expect(throws: PipelineError.self, comment) { try await location.open(limits: Self.limits) },
            comment
        )
        #expect(error.kind == .setup, comment)
        #expect(error.message.contains(" at byte "), comment)
        #expect(error.remedy?.contains("move \(location.folder) aside: no data is lost") == true, comment)
    }
}
