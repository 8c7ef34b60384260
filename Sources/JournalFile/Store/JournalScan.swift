internal import Pipeline

/// What there is to know of a journal's files once they have been read from end to end. Reading changes nothing.
struct JournalScan {
    /// The bytes after the last whole group, in the last segment.
    struct TornTail: Equatable {
        var segment: Int
        var offset: Int
        var byteCount: Int
    }

    private(set) var identity: RecordHeader.Identity?
    /// 0 when there is no record.
    private(set) var lastSequence: UInt64 = 0
    /// The last segment; nil when there is none.
    private(set) var lastSegment: Int?
    /// How much of the last segment is good.
    private(set) var lastSegmentByteCount = 0
    /// How large all segments are together, superseded ones and the torn tail left out.
    private(set) var byteCount = 0
    /// How large the snapshot is that the journal begins with.
    private(set) var snapshotByteCount = 0
    private(set) var tornTail: TornTail?
    /// Segments that a snapshot has replaced.
    private(set) var superseded: [Int] = []

    /// Reads the segments in `folder` and gives `body` all their events in order.
    /// - Throws: `.setup` when a segment cannot be read, is damaged, missing, of a newer format or no journal at all.
    init(
        reading folder: SegmentFolder,
        _ body: (LoggedEvent) throws(PipelineError) -> Void
    ) throws(PipelineError) {
        let segments = try Self.attempt(folder.path) { () throws(SystemError) in try folder.segments() }
        let start = try Self.start(of: segments, in: folder)
        superseded = Array(segments[..<start])
        for (number, isLast) in segments[start...].map({ ($0, $0 == segments.last) }) {
            let isFirst = number == segments[start]
            let path = folder.path(ofSegment: number)
            let bytes = try Self.attempt(path) { () throws(SystemError) in
                try folder.contents(of: SegmentFolder.fileName(ofSegment: number))
            }
            var scan = SegmentScan(
                bytes,
                ofSegment: number,
                in: folder,
                identity: identity,
                lastSequence: isFirst && number > 1 ? nil : lastSequence
            )
            try scan.run(body)
            if let offset = scan.badOffset {
                // A snapshot was complete before it had its name.
                let wasComplete = !isLast || (isFirst && number > 1 && scan.goodByteCount == 0)
                if let reason = try scan.damage(at: offset, wasComplete: wasComplete) {
                    throw JournalFault.damaged(folder, number, offset: offset, reason)
                }
                guard offset > 0 || Self.mayBeginRecord(bytes) else { throw JournalFault.notAJournal(folder, number) }
                tornTail = TornTail(
                    segment: number,
                    offset: scan.goodByteCount,
                    byteCount: bytes.count - scan.goodByteCount
                )
            }
            if isFirst { snapshotByteCount = scan.snapshotByteCount }
            identity = scan.identity
            lastSequence = scan.lastSequence ?? 0
            lastSegment = number
            lastSegmentByteCount = scan.goodByteCount
            byteCount += scan.goodByteCount
        }
    }

    /// Where in `segments` the journal begins: at its last snapshot, else at its first segment.
    private static func start(of segments: [Int], in folder: SegmentFolder) throws(PipelineError) -> Int {
        if segments.isEmpty { return 0 }
        var start = segments.count - 1
        while true {
            let number = segments[start]
            let head = try attempt(folder.path(ofSegment: number)) { () throws(SystemError) in
                try folder.contents(of: SegmentFolder.fileName(ofSegment: number), limit: RecordFormat.headerByteCount)
            }
            // The scan that follows tells whether the header is sound.
            if RecordHeader(unchecked: head[...])?.flags.contains(.snapshot) == true { return start }
            if number == 1 { return start }
            guard start > 0, segments[start - 1] == number - 1 else {
                let isAlien = start == 0 && !head.isEmpty && RecordHeader(unchecked: head[...]) == nil
                throw isAlien
                    ? JournalFault.damaged(folder, number, offset: 0, "no record begins there")
                    : JournalFault.missing(folder, number - 1)
            }
            start -= 1
        }
    }

    /// Whether the bytes begin as a record does that was not wholly written: cut short, or with zeros for what is missing.
    private static func mayBeginRecord(_ bytes: [UInt8]) -> Bool {
        let head = bytes.prefix(RecordFormat.magic.count)
        return head.elementsEqual(RecordFormat.magic.prefix(head.count)) || head.allSatisfy { $0 == 0 }
    }

    private static func attempt<Result>(
        _ path: String,
        _ body: () throws(SystemError) -> Result
    ) throws(PipelineError) -> Result {
        do throws(SystemError) {
            return try body()
        } catch {
            throw error.failure(to: "read", path)
        }
    }
}
