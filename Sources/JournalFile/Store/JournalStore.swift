internal import Pipeline

/// A journal that is open, without the concurrency: calls block, and come one after another.
struct JournalStore: ~Copyable, Sendable {
    /// As it was found.
    let history: JournalHistory
    /// What was mended on the way, for a person.
    let notices: [String]

    private let folder: JournalFolder
    private let lock: JournalLock
    private let limits: JournalLimits
    private let wallClock: @Sendable () -> Timestamp
    private let identity: RecordHeader.Identity

    private var segment: FileDescriptor
    private var segmentNumber: Int
    private var segmentByteCount: Int
    /// Of all segments.
    private var byteCount: Int
    private var snapshotByteCount: Int
    private var nextSequence: UInt64
    /// Why nothing more can be appended.
    private var fault: PipelineError?

    /// Takes the lock, reads what is there, mends what a crash has left, and makes ready to append.
    static func open(
        at location: JournalLocation,
        wallClock: @escaping @Sendable () -> Timestamp,
        files: any FileOperations,
        limits: JournalLimits
    ) throws(PipelineError) -> JournalStore {
        var store = try JournalStore(at: location, wallClock: wallClock, files: files, limits: limits)
        store.compactIfLarge()
        if let fault = store.fault { throw fault }
        return store
    }

    private init(
        at location: JournalLocation,
        wallClock: @escaping @Sendable () -> Timestamp,
        files: any FileOperations,
        limits: JournalLimits
    ) throws(PipelineError) {
        let folder = JournalFolder(view: SegmentFolder(path: location.folder), files: files)
        try folder.make()
        let lock = try JournalLock(in: folder.view, files)

        var history = JournalHistory()
        let scan = try JournalScan(reading: folder.view) { history.add($0) }
        var notices: [String] = []
        if let tail = scan.tornTail { notices.append(try folder.cutOff(tail)) }
        folder.removeLeftovers(scan.superseded)

        let segmentNumber = scan.lastSegment ?? 1
        let isNew = scan.lastSegment == nil
        try folder.synchronizeNames(isNew: isNew)
        let segment = isNew ? try folder.publishSegment(segmentNumber) : try folder.openSegment(segmentNumber)

        self.segment = segment
        self.segmentNumber = segmentNumber
        segmentByteCount = scan.lastSegmentByteCount
        byteCount = scan.byteCount
        snapshotByteCount = scan.snapshotByteCount
        identity = scan.identity ?? .random()
        nextSequence = scan.lastSequence + 1
        self.history = history
        self.notices = notices
        self.folder = folder
        self.lock = lock
        self.limits = limits
        self.wallClock = wallClock
    }

    /// Appends a group. When it returns, the group is durable.
    /// - Throws: `.setup` when it may not be; then each later call throws the same.
    mutating func append(_ events: [JournalEvent]) throws(PipelineError) {
        if let fault { throw fault }
        guard !events.isEmpty else { return }
        do throws(PipelineError) {
            try write(events)
        } catch {
            fault = error
            throw error
        }
        let completesRun = events.contains {
            if case .ended(let status, _) = $0 { status.isFinal } else { false }
        }
        // Whether that works does not matter to the group, which is durable by now.
        if completesRun { compactIfLarge() }
    }

    private mutating func write(_ events: [JournalEvent]) throws(PipelineError) {
        let time = wallClock()
        var lines: [ArraySlice<UInt8>] = []
        for event in events {
            lines.append(try EventLine(event, at: time).encoded()[...])
        }
        let group = try RecordGroup(
            lines: lines,
            from: nextSequence,
            identity: identity,
            contentByteCount: limits.contentByteCount
        )
        if segmentByteCount >= limits.segmentByteCount {
            segment = try folder.publishSegment(segmentNumber + 1)
            segmentNumber += 1
            segmentByteCount = 0
        }
        do throws(SystemError) {
            try folder.files.appendAll(group.bytes[...], to: segment)
            try folder.files.synchronizeData(of: segment)
        } catch {
            throw error.failure(to: "write to", folder.view.path(ofSegment: segmentNumber))
        }
        segmentByteCount += group.bytes.count
        byteCount += group.bytes.count
        nextSequence = group.nextSequence
    }

    private mutating func compactIfLarge() {
        guard byteCount > max(limits.compactionByteCount, 2 * snapshotByteCount) else { return }
        var mayBeThere = false
        do throws(PipelineError) {
            try compact(mayBeThere: &mayBeThere)
        } catch {
            // As long as there is no snapshot, the journal goes on as it is, only larger than it need be. With one that
            // may or may not outlive a crash there is no segment left that is safe to append to.
            if mayBeThere { fault = error }
        }
    }

    /// Puts a snapshot in the place of all segments.
    private mutating func compact(mayBeThere: inout Bool) throws(PipelineError) {
        var compaction = Compaction(runCount: limits.runCount, listedRunCount: limits.listedRunCount)
        _ = try JournalScan(reading: folder.view) { compaction.add($0) }
        let lines = try compaction.lines()
        guard !lines.isEmpty else { return }
        let snapshot = try RecordGroup(
            lines: lines,
            from: nextSequence,
            identity: identity,
            isSnapshot: true,
            contentByteCount: limits.contentByteCount
        )
        segment = try folder.publish(
            snapshot.bytes[...],
            as: SegmentFolder.fileName(ofSegment: segmentNumber + 1),
            mayBeThere: &mayBeThere
        )
        segmentNumber += 1
        segmentByteCount = snapshot.bytes.count
        byteCount = snapshot.bytes.count
        snapshotByteCount = snapshot.bytes.count
        nextSequence = snapshot.nextSequence
        let replaced = ((try? folder.view.segments()) ?? []).filter { $0 < segmentNumber }
        folder.removeLeftovers(replaced)
    }
}
