import FoundationEssentials
import Glibc
import Pipeline
import Testing

@testable import JournalFile

struct FailureTests {
    /// Runs that roll segments, are compacted and go on.
    private static let groups = [
        [Sample.began()], [Sample.checkpoint(100), Sample.rejected("k")], [Sample.checkpoint(200)],
        [Sample.ended(.interrupted, 250)], [Sample.began(attempt: 2)], [Sample.checkpoint(300)],
        [Sample.ended(.completed, 300)], [Sample.began("bbbb")], [Sample.checkpoint(50)],
    ]

    private static var limits: JournalLimits {
        var limits = JournalLimits()
        limits.segmentByteCount = 700
        limits.compactionByteCount = 500
        limits.contentByteCount = 300
        return limits
    }

    @Test(arguments: FailingFiles.Extent.allCases)
    func `loses nothing it has acknowledged, whichever operation fails`(extent: FailingFiles.Extent) async throws {
        var failing = 0
        while true {
            failing += 1
            let fixture = JournalFixture()
            let files = FailingFiles(failing: failing, extent)
            let acknowledged = try await acknowledgedGroups(in: fixture, files)
            try await expectNoLoss(in: fixture, acknowledged, "operation \(failing)")
            if !files.hasFailed { break }
        }
        #expect(failing > 50)
    }

    @Test(arguments: FailingFiles.Extent.allCases)
    func `loses nothing while it is mended and compacted`(extent: FailingFiles.Extent) async throws {
        let groups = Array(Self.groups.dropLast())
        var failing = 0
        while true {
            failing += 1
            let fixture = JournalFixture()
            var limits = Self.limits
            limits.compactionByteCount = .max
            try await fixture.write(groups, limits: limits)
            let last = try #require(fixture.fileNames.last { $0.hasSuffix(".zst") })
            try fixture.replace(last, with: fixture.bytes(of: last) + [0x57, 0x2A])
            let files = FailingFiles(failing: failing, extent)
            do throws(PipelineError) {
                let journal = try await fixture.open(files, limits: Self.limits)
                #expect(journal.notices.count == 1)
                await journal.close()
            } catch {
                #expect(error.kind == .setup)
                #expect(error.message.contains("No space left on device"))
            }
            try await expectNoLoss(in: fixture, groups.count, "operation \(failing)")
            let torn = try fixture.fileNames.filter { $0.contains(".torn-") }
            #expect(!torn.isEmpty)
            if !files.hasFailed { break }
        }
        #expect(failing > 10)
    }

    @Test func `makes everything durable before it says so`() async throws {
        let fixture = JournalFixture()
        let files = FailingFiles()
        let journal = try await fixture.open(files, limits: Self.limits)
        let holder = files.takeOperations().filter { $0 == "append" }
        try await journal.append(Self.groups[0])
        let append = files.takeOperations()
        #expect(append.count > 1 && append.dropLast().allSatisfy { $0 == "append" } && append.last == "sync")
        await journal.close()

        // The folder is there; the lock, with the text on who holds it; the segment.
        try fixture.remove("journal-000001.zst")
        await (try fixture.open(files, limits: Self.limits)).close()
        #expect(
            files.takeOperations()
                == ["mkdir", "open", "truncate"] + holder + ["syncdir", "open", "sync", "move", "syncdir"]
        )

        // A process may have been killed before the last of these.
        await (try fixture.open(files, limits: Self.limits)).close()
        #expect(files.takeOperations() == ["mkdir", "open", "truncate"] + holder + ["syncdir", "open"])

        // The folder cannot be made before the directory that it is in.
        let other = JournalFixture()
        await (try other.open(files, limits: Self.limits)).close()
        #expect(files.takeOperations().prefix(6) == ["mkdir", "mkdir", "syncdir", "mkdir", "syncdir", "open"])
    }

    @Test func `says how to go on when the disk is full`() async throws {
        let fixture = JournalFixture()
        let journal = try await fixture.open(FullDeviceFiles())
        let error = try #require(
            await #expect(throws: PipelineError.self) { try await journal.append([Sample.began()]) }
        )
        await journal.close()
        #expect(error.kind == .setup)
        #expect(error.message.hasSuffix("journal-000001.zst, which the journal needs: No space left on device"))
        #expect(error.remedy?.contains("free space") == true)
        #expect(error.remedy?.contains("PATTERN_SYNC_JOURNAL") == true)
    }

    @Test(.enabled(if: getuid() != 0, "root may write everywhere"))
    func `says how to go on when it may not write`() async throws {
        let fixture = JournalFixture()
        try FileManager.default.createDirectory(atPath: fixture.directory, withIntermediateDirectories: true)
        chmod(fixture.directory, 0o500)
        let error = try #require(await #expect(throws: PipelineError.self) { try await fixture.location.open() })
        #expect(error.kind == .setup)
        #expect(error.message.contains("Permission denied"))
        #expect(error.remedy?.contains("--journal DIR") == true)
    }

    @Test func `says so when the directory cannot be one`() async throws {
        let location = JournalLocation(directory: "/dev/null/journal", name: "code_patterns")
        let error = try #require(await #expect(throws: PipelineError.self) { try await location.open() })
        #expect(error.kind == .setup)
        #expect(error.message.contains("/dev/null/journal"))
        #expect(error.remedy?.contains("--journal DIR") == true)
    }

    /// How many groups were acknowledged before one failed.
    private func acknowledgedGroups(in fixture: borrowing JournalFixture, _ files: FailingFiles) async throws -> Int {
        let journal: FileJournal
        do throws(PipelineError) {
            journal = try await fixture.open(files, limits: Self.limits)
        } catch {
            #expect(error.kind == .setup)
            #expect(error.message.contains("No space left on device"))
            return 0
        }
        var acknowledged = 0
        do throws(PipelineError) {
            for group in Self.groups {
                try await journal.append(group)
                acknowledged += 1
            }
        } catch {
            #expect(error.message.contains("No space left on device"))
            // It is final, and told in the same words.
            await #expect(throws: error) { try await journal.append(Self.groups[acknowledged]) }
        }
        await journal.close()
        return acknowledged
    }

    /// Expects all that was acknowledged, at most the group that was on its way besides, and that it goes on.
    private func expectNoLoss(
        in fixture: borrowing JournalFixture,
        _ acknowledged: Int,
        _ comment: Comment
    ) async throws {
        let read = try await JournalReader.contents(of: fixture.location).history
        let history = try await fixture.reopened(limits: Self.limits).history
        #expect(history == read, comment)
        let candidates = try [acknowledged, acknowledged + 1].map { try Sample.history(Array(Self.groups.prefix($0))) }
        #expect(candidates.contains(history), comment)
        try await fixture.write([[Sample.began("cccc")], [Sample.checkpoint(7)]], limits: Self.limits)
        let after = try await fixture.reopened(limits: Self.limits)
        #expect(after.history.runs.dropLast() == history.runs[...], comment)
        #expect(after.history.interrupted(.full)?.checkpoint == Sample.mark(7), comment)
        #expect(after.notices.isEmpty, comment)
        #expect(try !fixture.fileNames.contains { $0.hasSuffix(".tmp") }, comment)
    }
}

/// The file system, but that all that is appended to a segment goes to a device that is always full.
private struct FullDeviceFiles: FileOperations {
    private let files = SystemFiles()

    func openFile(_ path: String, _ purpose: OpeningPurpose) throws(SystemError) -> FileDescriptor {
        try files.openFile(path, purpose)
    }

    func append(_ bytes: ArraySlice<UInt8>, to file: borrowing FileDescriptor) throws(SystemError) -> Int {
        try files.append(bytes, to: try files.openFile("/dev/full", .append))
    }

    func synchronizeData(of file: borrowing FileDescriptor) throws(SystemError) {
        try files.synchronizeData(of: file)
    }

    func truncate(_ file: borrowing FileDescriptor, to byteCount: Int) throws(SystemError) {
        try files.truncate(file, to: byteCount)
    }

    func move(_ path: String, to newPath: String) throws(SystemError) {
        try files.move(path, to: newPath)
    }

    func remove(_ path: String) throws(SystemError) {
        try files.remove(path)
    }

    func makeDirectory(_ path: String) throws(SystemError) -> Bool {
        try files.makeDirectory(path)
    }

    func synchronizeDirectory(_ path: String) throws(SystemError) {
        try files.synchronizeDirectory(path)
    }
}
