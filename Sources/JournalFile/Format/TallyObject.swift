internal import Pipeline

/// A tally as a JSON object. A count that is missing is 0, so that new ones can be added.
struct TallyObject: Codable {
    var rowsRead: Int?
    var embedded: Int?
    var upserted: Int?
    var payloadUpdated: Int?
    var unchanged: Int?
    var reused: Int?
    var stale: Int?
    var deleted: Int?
    var rejected: Int?
    var truncated: Int?
    var embedRequests: Int?
    var upsertRequests: Int?
    var retries: Int?

    enum CodingKeys: String, CodingKey {
        case rowsRead = "rows_read"
        case embedded
        case upserted
        case payloadUpdated = "payload_updated"
        case unchanged
        case reused
        case stale
        case deleted
        case rejected
        case truncated
        case embedRequests = "embed_requests"
        case upsertRequests = "upsert_requests"
        case retries
    }

    init(_ tally: Tally) {
        rowsRead = tally.rowsRead
        embedded = tally.embedded
        upserted = tally.upserted
        payloadUpdated = tally.payloadUpdated
        unchanged = tally.unchanged
        reused = tally.reused
        stale = tally.stale
        deleted = tally.deleted
        rejected = tally.rejected
        truncated = tally.truncated
        embedRequests = tally.embedRequests
        upsertRequests = tally.upsertRequests
        retries = tally.retries
    }

    var tally: Tally {
        var tally = Tally()
        tally.rowsRead = rowsRead ?? 0
        tally.embedded = embedded ?? 0
        tally.upserted = upserted ?? 0
        tally.payloadUpdated = payloadUpdated ?? 0
        tally.unchanged = unchanged ?? 0
        tally.reused = reused ?? 0
        tally.stale = stale ?? 0
        tally.deleted = deleted ?? 0
        tally.rejected = rejected ?? 0
        tally.truncated = truncated ?? 0
        tally.embedRequests = embedRequests ?? 0
        tally.upsertRequests = upsertRequests ?? 0
        tally.retries = retries ?? 0
        return tally
    }
}
