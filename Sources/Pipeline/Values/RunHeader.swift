/// What identifies a run, and each attempt at it.
public struct RunHeader: Sendable, Equatable {
    /// Random, 128 bits as hexadecimal digits; the same for all attempts at a run, and stamped into the target.
    public var runID: String
    /// What kind of run it is; one is resumed by its own kind only.
    public var mode: SyncMode
    /// What has to be the same for a run to be resumed.
    public var fingerprint: Fingerprint
    /// What was written to itself, where the configured name is an alias.
    public var collection: String
    /// As the user named it; for people.
    public var model: String
    /// From 1.
    public var attempt: Int
    /// At most so many rows, when the run is a part of a sync only.
    public var limit: Int?
    /// Whether the run is for the rows only that earlier ones rejected.
    public var retriesRejected: Bool
    /// What is to be remembered of the embedder where the target has no room for it, opaque to engine and journal.
    public var embedderRecord: String?

    public init(
        runID: String,
        mode: SyncMode,
        fingerprint: Fingerprint,
        collection: String,
        model: String,
        attempt: Int = 1,
        limit: Int? = nil,
        retriesRejected: Bool = false,
        embedderRecord: String? = nil
    ) {
        self.runID = runID
        self.mode = mode
        self.fingerprint = fingerprint
        self.collection = collection
        self.model = model
        self.attempt = attempt
        self.limit = limit
        self.retriesRejected = retriesRejected
        self.embedderRecord = embedderRecord
    }

    /// Whether the run is a part of a sync only. Such a run is never resumed, and leaves the marks of whole ones alone.
    public var isPartial: Bool { limit != nil || retriesRejected }
}

/// The set-up of a run in three short hashes, so that it can be told which part has changed.
public struct Fingerprint: Sendable, Equatable {
    /// Of the query and its key.
    public var source: String
    /// Of the server and the collection.
    public var target: String
    /// Of the model, its vectors and what is done to texts before it.
    public var embedder: String

    public init(source: String, target: String, embedder: String) {
        self.source = source
        self.target = target
        self.embedder = embedder
    }
}
