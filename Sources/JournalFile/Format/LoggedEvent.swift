internal import Pipeline

/// An event as it lies in a journal.
struct LoggedEvent {
    var time: Timestamp
    var event: JournalEvent
    /// With `began` in a snapshot: how many rejected rows of the run are no longer listed.
    var rejectionsOmitted: Int
    /// With `began` in a snapshot: what was still to be carried over before that run, whatever the runs before it tell.
    var outstanding: RejectedRows?
    /// The line it was read from, without its end.
    var line: ArraySlice<UInt8>

    /// No table has more rows.
    private static let counts = 0...(1 << 40)

    /// Reads a line.
    /// - Throws: `UnreadableLine`.
    init(line: ArraySlice<UInt8>) throws(UnreadableLine) {
        let parsed: EventLine
        do {
            parsed = try EventLine.decode(line)
        } catch {
            throw UnreadableLine(reason: "an event is not JSON as it should be")
        }
        guard let time = Timestamp(parsed.time) else {
            throw UnreadableLine(reason: "an event has the time \"\(parsed.time)\"")
        }
        guard let event = parsed.journalEvent else {
            throw UnreadableLine(reason: "it does not understand an event \"\(parsed.event)\"")
        }
        // Sums of greater ones might overflow.
        guard Self.counts.contains(parsed.rowCount ?? 0), Self.counts.contains(parsed.rejectionsOmitted ?? 0) else {
            throw UnreadableLine(reason: "an event \"\(parsed.event)\" has a count that is not one of rows")
        }
        self.time = time
        self.event = event
        rejectionsOmitted = parsed.rejectionsOmitted ?? 0
        outstanding = parsed.outstanding.map { rows in
            RejectedRows(keys: Set(rows.keys.map { RejectedKey($0) }), keyless: rows.keyless)
        }
        self.line = line
    }
}

/// A line of a good record that this program cannot make out.
struct UnreadableLine: Error {
    var reason: String
}
