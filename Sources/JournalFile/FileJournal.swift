public import Pipeline
internal import Threading

/// The journal of one sync on disk, open to append to.
///
/// Whoever has it open is the only one: it holds a lock until it is closed. What its files look like is written at `RecordFormat`.
///
/// ```swift
/// let journal = try await FileJournal.open(JournalLocation(directory: directory, name: "code_patterns"))
/// let plan = try ResumePlan.decide(interrupted: journal.history.interrupted, …)
/// try await journal.append([.began(header)])
/// await journal.close()
/// ```
public actor FileJournal: Journal {
    /// The runs that were in it when it was opened.
    public nonisolated let history: JournalHistory
    /// What was mended when it was opened: a line each, for a person.
    public nonisolated let notices: [String]

    private let executor: BlockingExecutor
    /// Nil once closed.
    private var store: JournalStore?

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Takes the lock, reads what is there and makes ready to append; makes the journal when there is none.
    ///
    /// A record that a crash has left unfinished at the end is saved aside and cut off, which `notices` tells.
    /// - Throws: `.busy` when another has it open; `.setup` when it cannot be read or written, is damaged, or is of a
    ///   newer format. What was in it stays in it.
    public static func open(
        _ location: JournalLocation,
        wallClock: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) async throws(PipelineError) -> FileJournal {
        try await open(location, wallClock: wallClock, files: SystemFiles(), limits: JournalLimits())
    }

    static func open(
        _ location: JournalLocation,
        wallClock: @escaping @Sendable () -> Timestamp,
        files: any FileOperations,
        limits: JournalLimits
    ) async throws(PipelineError) -> FileJournal {
        let executor = BlockingExecutor(label: "journal")
        let store = try await FileWork(on: executor).run { () throws(PipelineError) in
            try JournalStore.open(at: location, wallClock: wallClock, files: files, limits: limits)
        }
        return FileJournal(store, executor)
    }

    private init(_ store: consuming JournalStore, _ executor: BlockingExecutor) {
        history = store.history
        notices = store.notices
        self.executor = executor
        self.store = consume store
    }

    public func append(_ events: [JournalEvent]) async throws(PipelineError) {
        guard store != nil else { throw PipelineError(.setup, "the journal has been closed") }
        try store!.append(events)
    }

    /// Closes the files and gives up the lock. Closing again does nothing.
    public func close() async {
        store = nil
    }
}
