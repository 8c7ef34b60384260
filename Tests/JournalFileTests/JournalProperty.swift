import FoundationEssentials
import Pipeline

@testable import JournalFile

/// What holds of a journal of one segment, whatever its bytes are: it tells what its good records hold, in their order, or
/// is refused and stays as it is.
enum JournalProperty {
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    /// What reading has come to.
    private struct Reading {
        var lines: [ArraySlice<UInt8>] = []
        var tail: JournalScan.TornTail?
    }

    /// - Parameter input: the first byte says whether the rest is a segment, or what records are to be made of, and the
    ///   number of the segment.
    static func check(_ input: [UInt8]) throws {
        guard let first = input.first else { return }
        let bytes = first & 1 == 0 ? Array(input.dropFirst()) : try forgedRecords(of: input.dropFirst())
        let parent = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
        let directory = "\(parent)/journal-property-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let location = JournalLocation(directory: directory, name: "fuzz")
        try FileManager.default.createDirectory(atPath: location.folder, withIntermediateDirectories: true)
        try check(bytes, number: first & 2 == 0 ? 1 : 2, at: location)
    }

    private static func check(_ bytes: [UInt8], number: Int, at location: JournalLocation) throws {
        let view = SegmentFolder(path: location.folder)
        try Data(bytes).write(to: URL(filePath: view.path(ofSegment: number)))
        let reading: Reading
        do throws(PipelineError) {
            reading = try read(view)
        } catch {
            try require(error.kind == .setup && error.remedy != nil, "refused without a remedy: \(error)")
            try require(try view.contents(of: SegmentFolder.fileName(ofSegment: number)) == bytes, "changed")
            return
        }
        let good = GoodRecords(bytes, firstSequence: number == 1 ? 1 : nil)
        try require(reading.lines == good.lines, "it tells \(reading.lines.count) events of \(good.lines.count)")
        try require((reading.tail?.offset ?? bytes.count) == good.byteCount, "the torn tail begins elsewhere")
        try open(location, reading)
    }

    /// Opening tells what it cuts off, and leaves all that was read.
    private static func open(_ location: JournalLocation, _ reading: Reading) throws {
        var limits = JournalLimits()
        limits.compactionByteCount = .max
        let store = try JournalStore.open(
            at: location,
            wallClock: { Timestamp(milliseconds: 0) },
            files: SystemFiles(),
            limits: limits
        )
        try require(store.notices.count == (reading.tail == nil ? 0 : 1), "it does not tell what it cut off")
        let again = try read(SegmentFolder(path: location.folder))
        try require(again.lines == reading.lines && again.tail == nil, "opening has changed it")
    }

    private static func read(_ view: SegmentFolder) throws(PipelineError) -> Reading {
        var reading = Reading()
        let scan = try JournalScan(reading: view) { reading.lines.append($0.line) }
        reading.tail = scan.tornTail
        return reading
    }

    private static func require(_ condition: Bool, _ text: @autoclosure () -> String) throws {
        guard condition else { throw Violation(description: text()) }
    }

    /// Records with these contents; a zero byte ends each. The first byte of one says what is wrong with its record.
    private static func forgedRecords(of text: ArraySlice<UInt8>) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let compressor = ZstandardCompressor()
        for (index, part) in text.split(separator: 0).enumerated() {
            guard let how = part.first else { continue }
            let content = part.dropFirst()
            let frame = compressor.frame(of: content)
            var flags: RecordHeader.Flags = how & 1 == 0 ? [] : [.continues]
            if how & 2 != 0 { flags.insert(.snapshot) }
            var header = RecordHeader(
                flags: flags,
                contentByteCount: how & 4 == 0 ? content.count : content.count + 1,
                frameByteCount: frame.count,
                sequence: UInt64(index) + (how & 8 == 0 ? 1 : 2),
                identity: RecordHeader.Identity(high: how & 16 == 0 ? 1 : 2, low: 3)
            )
            if how & 128 != 0 { header.version = UInt16(how & 3) }
            var record = header.encoded(before: frame[...]) + frame
            if how & 32 != 0 { record[60] ^= 1 }
            if how & 64 != 0 { record.removeLast() }
            bytes += record
        }
        return bytes
    }
}

/// The good records that a segment begins with, found in the plainest way.
private struct GoodRecords {
    /// The events of whole groups.
    private(set) var lines: [ArraySlice<UInt8>] = []
    /// Where the last whole group ends.
    private(set) var byteCount = 0

    /// - Parameter firstSequence: that the first record must have; any one when it is nil.
    init(_ bytes: [UInt8], firstSequence: UInt64?) {
        var offset = 0
        var sequence = firstSequence
        var identity: RecordHeader.Identity?
        var group: [ArraySlice<UInt8>] = []
        while let header = RecordHeader(checking: bytes[offset...]), header.version == 1,
            sequence == nil || header.sequence == sequence, identity == nil || header.identity == identity,
            let content = try? ZstandardDecompressor().content(
                of: bytes[(offset + RecordFormat.headerByteCount)...].prefix(header.frameByteCount),
                byteCount: header.contentByteCount
            )
        {
            group += content.split(separator: UInt8(ascii: "\n"))
            offset += RecordFormat.headerByteCount + header.frameByteCount
            sequence = header.sequence &+ 1
            identity = header.identity
            if header.flags.contains(.continues) { continue }
            lines += group
            group = []
            byteCount = offset
        }
    }
}
