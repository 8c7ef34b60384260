/// What has been done so far, in counts. Tallies add up: of a chunk, of an attempt, of a whole run.
public struct Tally: Sendable, Equatable {
    /// Rejected ones included.
    public var rowsRead = 0
    /// Rows whose text was embedded.
    public var embedded = 0
    /// Points stored whole, vector and payload.
    public var upserted = 0
    /// Points that kept their vector and got a new payload.
    public var payloadUpdated = 0
    /// Rows whose point was found to be what they say.
    public var unchanged = 0
    /// Points stored with a vector that was taken over instead of embedded.
    public var reused = 0
    /// Points of this sync that have no row any more.
    public var stale = 0
    /// Stale points that were deleted.
    public var deleted = 0
    /// Rows that could not be carried over.
    public var rejected = 0
    /// Rows whose text was cut to fit the model's context.
    public var truncated = 0
    /// Requests to embedding servers, those that failed and those for harmless texts included.
    public var embedRequests = 0
    /// Requests for changes of points, payloads alone included.
    public var upsertRequests = 0
    /// Requests and reads that were tried again after a fault of a server.
    public var retries = 0

    public init() {}

    public static func += (total: inout Tally, part: Tally) {
        total.rowsRead += part.rowsRead
        total.embedded += part.embedded
        total.upserted += part.upserted
        total.payloadUpdated += part.payloadUpdated
        total.unchanged += part.unchanged
        total.reused += part.reused
        total.stale += part.stale
        total.deleted += part.deleted
        total.rejected += part.rejected
        total.truncated += part.truncated
        total.embedRequests += part.embedRequests
        total.upsertRequests += part.upsertRequests
        total.retries += part.retries
    }
}
