import FoundationEssentials
import Pipeline

@testable import JournalFile

/// A journal's place in a directory of its own, which is removed afterwards.
struct JournalFixture: ~Copyable {
    let directory: String
    let location: JournalLocation

    init(name: String = "code_patterns") {
        let parent = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
        directory = "\(parent)/pattern-sync-tests-\(UUID().uuidString)"
        location = JournalLocation(directory: directory, name: name)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    func open(
        _ files: any FileOperations = SystemFiles(),
        limits: JournalLimits = JournalLimits()
    ) async throws(PipelineError) -> FileJournal {
        try await location.open(files, limits: limits)
    }

    /// Opens the journal, appends the groups and closes it.
    func write(_ groups: [[JournalEvent]], limits: JournalLimits = JournalLimits()) async throws {
        let journal = try await open(limits: limits)
        for group in groups {
            try await journal.append(group)
        }
        await journal.close()
    }

    /// What opening the journal finds; it is closed again.
    func reopened(limits: JournalLimits = JournalLimits()) async throws -> (history: JournalHistory, notices: [String])
    {
        let journal = try await open(limits: limits)
        await journal.close()
        return (journal.history, journal.notices)
    }

    var fileNames: [String] {
        get throws { try SegmentFolder(path: location.folder).fileNames().sorted() }
    }

    func bytes(of name: String = "journal-000001.zst") throws -> [UInt8] {
        try SegmentFolder(path: location.folder).contents(of: name)
    }

    func replace(_ name: String = "journal-000001.zst", with bytes: some Sequence<UInt8>) throws {
        try Data(bytes).write(to: URL(filePath: "\(location.folder)/\(name)"))
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(location.folder)/\(name)")
    }
}

extension JournalLocation {
    func open(
        _ files: any FileOperations = SystemFiles(),
        limits: JournalLimits = JournalLimits()
    ) async throws(PipelineError) -> FileJournal {
        try await FileJournal.open(self, wallClock: { Sample.time }, files: files, limits: limits)
    }
}

/// Where each record in the bytes of a segment begins.
func recordOffsets(in bytes: [UInt8]) -> [Int] {
    var offsets: [Int] = []
    var offset = 0
    while let header = RecordHeader(checking: bytes[offset...]) {
        offsets.append(offset)
        offset += RecordFormat.headerByteCount + header.frameByteCount
    }
    return offsets
}
