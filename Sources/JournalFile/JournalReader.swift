public import Pipeline

/// An event in a journal.
public struct JournalEntry: Sendable, Equatable {
    /// When it was appended.
    public var time: Timestamp
    /// Of the run that it belongs to; nil when none has begun.
    public var runID: String?
    public var event: JournalEvent
    /// The event as a JSON object on one line, as it is in the journal.
    public var json: String
}

/// All that is in a journal.
public struct JournalContents: Sendable, Equatable {
    /// In the order in which they were appended.
    public var entries: [JournalEntry] = []
    /// What the entries come to.
    public var history = JournalHistory()
    /// How many bytes at the end are no whole record: one that is being written, or that a crash has left.
    public var tornByteCount = 0
}

/// Reads journals, also while they are being written to. It takes no lock and writes nothing.
public enum JournalReader {
    /// Reads the journal of a sync; it is empty when there is none.
    /// - Throws: `.setup` when it cannot be read, is damaged, or is of a newer format.
    public static func contents(of location: JournalLocation) async throws(PipelineError) -> JournalContents {
        try await FileWork().run { () throws(PipelineError) in
            let folder = SegmentFolder(path: location.folder)
            while true {
                let segments = try? folder.segments()
                do throws(PipelineError) {
                    return try contents(of: folder)
                } catch {
                    // A compaction may have taken segments away in between; then their names have changed.
                    guard (try? folder.segments()) != segments else { throw error }
                }
            }
        }
    }

    /// The names of the syncs that have a journal in `directory`, sorted; none when it is not there.
    public static func syncs(in directory: String) async throws(PipelineError) -> [String] {
        try await FileWork().run { () throws(PipelineError) in
            do throws(SystemError) {
                return try SegmentFolder(path: directory).fileNames()
                    .filter { (try? SegmentFolder(path: "\(directory)/\($0)").segments())?.isEmpty == false }
                    .compactMap { JournalLocation.name(fromFileName: $0) }
                    .sorted()
            } catch {
                throw error.failure(to: "read", directory)
            }
        }
    }

    private static func contents(of folder: SegmentFolder) throws(PipelineError) -> JournalContents {
        var contents = JournalContents()
        let scan = try JournalScan(reading: folder) { logged in
            contents.history.add(logged)
            contents.entries.append(
                JournalEntry(
                    time: logged.time,
                    runID: contents.history.runs.last?.header.runID,
                    event: logged.event,
                    json: String(decoding: logged.line, as: UTF8.self)
                )
            )
        }
        contents.tornByteCount = scan.tornTail?.byteCount ?? 0
        return contents
    }
}
