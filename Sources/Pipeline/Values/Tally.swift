/// What has been done so far, in counts. Tallies add up: of a chunk, of an attempt, of a whole run.
public struct Tally: Sendable, Equatable {
    public var rowsRead = 0
    public var embedded = 0
    public var upserted = 0
    public var rejected = 0
    /// Rows whose text was cut to fit the model's context.
    public var truncated = 0
    public var embedRequests = 0
    public var upsertRequests = 0
    /// Requests and reads that were tried again after a fault of a server.
    public var retries = 0

    public init() {}

    public static func += (total: inout Tally, part: Tally) {
        total.rowsRead += part.rowsRead
        total.embedded += part.embedded
        total.upserted += part.upserted
        total.rejected += part.rejected
        total.truncated += part.truncated
        total.embedRequests += part.embedRequests
        total.upsertRequests += part.upsertRequests
        total.retries += part.retries
    }
}
