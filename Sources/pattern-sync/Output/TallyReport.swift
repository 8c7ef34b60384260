internal import Pipeline

/// The counts of a run, as a report has them.
struct TallyReport: Encodable {
    let tally: Tally

    private enum Key: String, CodingKey {
        case embedded, upserted, unchanged, reused, stale, deleted, rejected, truncated, retries
        case rowsRead = "rows_read"
        case payloadUpdated = "payload_updated"
        case embedRequests = "embed_requests"
        case upsertRequests = "upsert_requests"
    }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(tally.rowsRead, forKey: .rowsRead)
        try object.encode(tally.embedded, forKey: .embedded)
        try object.encode(tally.upserted, forKey: .upserted)
        try object.encode(tally.payloadUpdated, forKey: .payloadUpdated)
        try object.encode(tally.unchanged, forKey: .unchanged)
        try object.encode(tally.reused, forKey: .reused)
        try object.encode(tally.stale, forKey: .stale)
        try object.encode(tally.deleted, forKey: .deleted)
        try object.encode(tally.rejected, forKey: .rejected)
        try object.encode(tally.truncated, forKey: .truncated)
        try object.encode(tally.embedRequests, forKey: .embedRequests)
        try object.encode(tally.upsertRequests, forKey: .upsertRequests)
        try object.encode(tally.retries, forKey: .retries)
    }
}
