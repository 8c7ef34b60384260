internal import Pipeline

/// Reads one segment from its beginning, up to its end or to the first record that is not good.
struct SegmentScan {
    /// What the journal's records have to bear; nil until the first good one has told.
    private(set) var identity: RecordHeader.Identity?
    /// Of the last record of the last whole group; nil until there is one, in a journal that begins with a snapshot.
    private(set) var lastSequence: UInt64?
    /// Where the last whole group ends.
    private(set) var goodByteCount = 0
    /// Where the snapshot ends that the segment begins with; 0 when it begins with none.
    private(set) var snapshotByteCount = 0
    /// Where the first record that is not good begins; nil when all are, and the last group is whole.
    private(set) var badOffset: Int?

    private let folder: SegmentFolder
    private let number: Int
    private let bytes: [UInt8]

    init(
        _ bytes: [UInt8],
        ofSegment number: Int,
        in folder: SegmentFolder,
        identity: RecordHeader.Identity?,
        lastSequence: UInt64?
    ) {
        self.bytes = bytes
        self.number = number
        self.folder = folder
        self.identity = identity
        self.lastSequence = lastSequence
    }

    /// Gives `body` the events of all whole groups.
    /// - Throws: `.setup` when a good record has something in it that this program cannot make out, and what `body` throws.
    mutating func run(_ body: (LoggedEvent) throws(PipelineError) -> Void) throws(PipelineError) {
        let decompressor = ZstandardDecompressor()
        var sequence = lastSequence
        var offset = 0
        var group: [LoggedEvent] = []
        while offset < bytes.count {
            guard let header = try goodRecord(at: offset, after: sequence) else {
                badOffset = offset
                return
            }
            group += try events(of: header, at: offset, decompressor)
            identity = header.identity
            sequence = header.sequence
            offset += RecordFormat.headerByteCount + header.frameByteCount
            guard !header.flags.contains(.continues) else { continue }
            for event in group {
                try body(event)
            }
            group.removeAll(keepingCapacity: true)
            goodByteCount = offset
            lastSequence = sequence
            if header.flags.contains(.snapshot) { snapshotByteCount = offset }
        }
        if goodByteCount < offset { badOffset = offset }
    }

    /// What tells that the record at `offset` was not just left unfinished by a crash; nil when nothing does.
    /// - Parameter wasComplete: whether the segment is known to have been written to its end.
    func damage(at offset: Int, wasComplete: Bool) throws(PipelineError) -> String? {
        if try hasGoodRecord(from: offset) { return "a good record comes after one that is not" }
        if wasComplete { return "there is no good record" }
        if offset == 0, let header = try checkedRecord(at: 0), let identity, header.identity != identity {
            return "the record is of another journal"
        }
        return nil
    }

    /// Whether a record that may come after the last good one lies anywhere from `offset` on.
    private func hasGoodRecord(from offset: Int) throws(PipelineError) -> Bool {
        var offset = offset
        while let next = bytes[offset...].firstIndex(of: RecordFormat.magic[0]) {
            if let header = try checkedRecord(at: next), identity == nil || header.identity == identity,
                header.sequence > lastSequence ?? 0
            {
                return true
            }
            offset = next + 1
        }
        return false
    }

    private func goodRecord(at offset: Int, after sequence: UInt64?) throws(PipelineError) -> RecordHeader? {
        guard let header = try checkedRecord(at: offset), identity == nil || header.identity == identity,
            sequence == nil || header.sequence &- 1 == sequence
        else { return nil }
        return header
    }

    /// - Throws: `.setup` when the record is of a format that this program does not know.
    private func checkedRecord(at offset: Int) throws(PipelineError) -> RecordHeader? {
        guard let header = RecordHeader(checking: bytes[offset...]) else { return nil }
        guard header.version <= RecordFormat.currentVersion else {
            throw JournalFault.newer(folder, number, version: header.version)
        }
        guard header.version > 0 else {
            throw JournalFault.damaged(folder, number, offset: offset, "it has format version 0, which there never was")
        }
        return header
    }

    private func events(
        of header: RecordHeader,
        at offset: Int,
        _ decompressor: borrowing ZstandardDecompressor
    ) throws(PipelineError) -> [LoggedEvent] {
        let frame = bytes[(offset + RecordFormat.headerByteCount)...].prefix(header.frameByteCount)
        do {
            let content = try decompressor.content(of: frame, byteCount: header.contentByteCount)
            return try content.split(separator: UInt8(ascii: "\n")).map { try LoggedEvent(line: $0) }
        } catch let error as ZstandardError {
            throw JournalFault.damaged(folder, number, offset: offset, "the content cannot be had: \(error.reason)")
        } catch let error as UnreadableLine {
            throw JournalFault.damaged(folder, number, offset: offset, "this pattern-sync reads that \(error.reason)")
        } catch {
            throw JournalFault.damaged(folder, number, offset: offset, "\(error)")
        }
    }
}
