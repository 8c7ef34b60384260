/// The bounds of a run, and what it does beside carrying rows over.
public struct RunOptions: Sendable {
    /// Rows a chunk, and so points an upsert.
    public var chunkRows = 100
    /// Bytes of text and payload a chunk; a single larger row makes a chunk of its own.
    public var chunkBytes = 8 << 20
    /// Texts an embedding request, never more than a chunk has.
    public var requestTexts = Tuning.automatic
    /// Bytes of text an embedding request; a single larger text makes a request of its own.
    public var requestBytes = 1 << 20
    /// Upserts in flight. Two to four keep a target busy that works on each with the memory bus and the disk of one machine;
    /// more only wait there, each with its body in the memory of both.
    public var upserts = 4
    /// Chunks in flight.
    public var window = 8
    /// Bytes of text and payload in flight, over all chunks; a single larger chunk is carried alone.
    public var windowBytes = 64 << 20
    /// What is done with a text that does not fit the model's context.
    public var overlong = OverlongPolicy.truncate
    /// Digests a chunk: they are small, and a target answers for many points at once as fast as for a few.
    public var chunkDigests = 1_000
    /// Whether rows that come whole are compared value by value and written only where they differ, instead of all being
    /// written.
    public var comparesValues = false
    /// Whether points that bear nobody's name are taken for the rows' own where they were made of the same text.
    public var adopts = false
    /// Whether stale points are deleted; nil leaves them.
    public var prune: PruneOptions?
    /// Ends the run after so many rows.
    public var limit: Int?
    /// Whether the rows that are fed to the run are those only that earlier runs rejected.
    public var retriesRejected = false
    /// More rejected rows than these end the run.
    public var maxRejections = 1_000
    /// How long chunks in flight may take once the run is told to stop: Docker kills after ten seconds.
    public var grace: Duration = .seconds(8)
    /// The low-water mark is made durable at most this often, and at the end. A crash wastes what was done since, while each
    /// time costs a wait for the disk.
    public var commitInterval: Duration = .seconds(1)

    public init() {}

    /// Whether the run sees a part of the rows only.
    public var isPartial: Bool { limit != nil || retriesRejected }
}
