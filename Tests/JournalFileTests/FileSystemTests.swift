import FoundationEssentials
import Glibc
import Pipeline
import Testing

@testable import JournalFile

/// File systems that are full, or may not be written to.
@Suite(.enabled(if: getuid() == 0, "only root can mount file systems"))
struct FileSystemTests {
    /// Rejected rows that cannot be compressed to nothing.
    private func noise(_ count: Int) -> [JournalEvent] {
        (0..<count).map { _ in Sample.rejected(UUID().uuidString) }
    }

    @Test func `goes on exactly behind its last mark when there is room again`() async throws {
        let fixture = JournalFixture()
        let mounted = try MountedFolder(fixture.directory, size: "64k")
        let journal = try await fixture.open()
        try await journal.append([Sample.began()])
        var acknowledged = 0
        let error = await #expect(throws: PipelineError.self) {
            while true {
                try await journal.append(noise(20) + [Sample.checkpoint(acknowledged + 1)])
                acknowledged += 1
            }
        }
        #expect(error?.message.contains("No space left on device") == true)
        #expect(error?.remedy?.contains("free space") == true)
        await journal.close()
        #expect(acknowledged > 10)

        try mounted.resize(to: "256k")
        let (history, notices) = try await fixture.reopened()
        #expect(history.interrupted(.full)?.checkpoint == Sample.mark(acknowledged))
        #expect(history.interrupted(.full)?.rejectedKeys.count == 20 * acknowledged)
        #expect(notices.count <= 1)
        try await fixture.write([[Sample.began(attempt: 2)], [Sample.checkpoint(acknowledged + 5)]])
        let after = try await fixture.reopened()
        #expect(after.history.interrupted(.full)?.checkpoint == Sample.mark(acknowledged + 5))
        #expect(after.notices.isEmpty)
    }

    @Test func `is not made on a full disk, and made when there is room`() async throws {
        let fixture = JournalFixture()
        let mounted = try MountedFolder(fixture.directory, size: "16k")
        try mounted.fillUp()
        let opened = try? await fixture.open()
        var error: PipelineError?
        do throws(PipelineError) {
            // Names need no room there, so it may be only the first group that finds none.
            try await opened?.append([Sample.began()])
        } catch let thrown {
            error = thrown
        }
        await opened?.close()
        #expect(opened == nil || error?.message.contains("No space left on device") == true)
        try FileManager.default.removeItem(atPath: "\(mounted.path)/filler")
        try await fixture.write(Sample.threeGroups)
        try await #expect(fixture.reopened().history.interrupted(.full)?.checkpoint == Sample.mark(200))
    }

    @Test func `is not compacted on a full disk, and goes on`() async throws {
        let fixture = JournalFixture()
        let mounted = try MountedFolder(fixture.directory, size: "256k")
        let groups =
            [[Sample.began()]] + (1...6).map { [Sample.checkpoint($0)] + noise(60) }
            + [[Sample.ended(.completedWithRejects, 6)]]
        try await fixture.write(groups)
        let before = try fixture.bytes()
        try mounted.fillUp()
        var limits = JournalLimits()
        limits.compactionByteCount = 1
        let (history, notices) = try await fixture.reopened(limits: limits)
        #expect(try history == Sample.history(groups))
        #expect(notices.isEmpty)
        #expect(try fixture.bytes() == before)
        #expect(try fixture.fileNames == ["journal-000001.zst", "lock"])

        try FileManager.default.removeItem(atPath: "\(mounted.path)/filler")
        try await #expect(fixture.reopened(limits: limits).history == Sample.history(groups))
        #expect(try fixture.fileNames == ["journal-000002.zst", "lock"])
    }

    @Test func `is read but not opened where nothing may be written`() async throws {
        let fixture = JournalFixture()
        let mounted = try MountedFolder(fixture.directory, size: "256k")
        try await fixture.write(Sample.threeGroups)
        let before = try fixture.bytes()
        try mounted.makeReadOnly()
        let location = fixture.location
        let error = try #require(await #expect(throws: PipelineError.self) { try await location.open() })
        #expect(error.kind == .setup)
        #expect(error.message.contains("Read-only file system"))
        #expect(error.remedy?.contains("--journal DIR") == true)
        #expect(try fixture.bytes() == before)
        let contents = try await JournalReader.contents(of: location)
        #expect(try contents.history == Sample.history(Sample.threeGroups))
    }
}
