import Pipeline

@testable import JournalFile

/// Events to journal.
enum Sample {
    static let time = Timestamp(milliseconds: 1_772_357_400_250)

    static func header(
        _ runID: String = "aaaa",
        _ mode: SyncMode = .full,
        attempt: Int = 1,
        limit: Int? = nil,
        retriesRejected: Bool = false,
        embedderRecord: String? = nil
    ) -> RunHeader {
        RunHeader(
            runID: runID,
            mode: mode,
            fingerprint: Fingerprint(source: "s1", target: "t1", embedder: "e1"),
            collection: "code_patterns",
            model: "nomic-embed-text",
            attempt: attempt,
            limit: limit,
            retriesRejected: retriesRejected,
            embedderRecord: embedderRecord
        )
    }

    static func began(
        _ runID: String = "aaaa",
        _ mode: SyncMode = .full,
        attempt: Int = 1,
        limit: Int? = nil,
        retriesRejected: Bool = false,
        embedderRecord: String? = nil
    ) -> JournalEvent {
        .began(
            header(
                runID,
                mode,
                attempt: attempt,
                limit: limit,
                retriesRejected: retriesRejected,
                embedderRecord: embedderRecord
            )
        )
    }

    static func tally(_ rows: Int) -> Tally {
        var tally = Tally()
        tally.rowsRead = rows
        tally.embedded = rows
        tally.upserted = rows
        tally.embedRequests = rows / 16
        tally.upsertRequests = rows / 100
        tally.retries = 2
        tally.truncated = 1
        return tally
    }

    static func mark(_ rows: Int) -> Checkpoint {
        Checkpoint(position: Position("key-\(rows)"), tally: tally(rows))
    }

    static func checkpoint(_ rows: Int) -> JournalEvent {
        .checkpoint(mark(rows))
    }

    static func rejected(_ key: String?, rowCount: Int = 1) -> JournalEvent {
        .rejected(Rejection(key: key, reason: "its text is blank", rowCount: rowCount))
    }

    static func ended(_ status: RunStatus, _ rows: Int) -> JournalEvent {
        .ended(status, tally(rows))
    }

    /// Three small groups: a run that was begun and got to row 200.
    static let threeGroups = [[began()], [checkpoint(100), rejected("k7")], [checkpoint(200)]]

    /// What a journal with these groups has to tell.
    static func history(_ groups: [[JournalEvent]]) throws -> JournalHistory {
        var history = JournalHistory()
        for event in groups.joined() {
            history.add(try LoggedEvent(line: try EventLine(event, at: time).encoded()[...]))
        }
        return history
    }
}
