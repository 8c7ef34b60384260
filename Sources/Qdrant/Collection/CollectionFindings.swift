public import Pipeline

/// What a look at a collection found, before anything is judged.
public struct CollectionFindings: Sendable {
    /// The collection itself, where the configured name is an alias.
    public let collection: CollectionName
    /// The full run that last wrote to it.
    public let stamp: TargetEvidence.Stamp
    /// The vectors that the sync keeps there; nil where nothing is known about them, as before Qdrant 1.16.
    public let identity: VectorIdentity?
    /// Points that bear this sync's name, counted exactly.
    public let ownPoints: Int
    /// Points that bear nobody's name, counted exactly.
    public let unmarkedPoints: Int
    /// Points that bear another name, counted exactly.
    public let foreignPoints: Int
    /// How vectors are kept; nil where there is not one unnamed vector.
    public let storage: FoundStorage?
    /// Kilobytes of vectors that go without an index; 0 when nothing is ever indexed.
    public let indexingThreshold: Int?
    /// Whether indexing is off because a run of this sync has put it off.
    public let isIndexingDeferred: Bool
    /// Whether it is a generation that says of itself that it is not complete; before Qdrant 1.16 it cannot say so.
    public let isBuilding: Bool
    public let status: CollectionStatus
    /// How many changes wait to be made; nil before Qdrant 1.17.
    public let queueLength: Int?
    let vectors: VectorParams?

    init(_ state: CollectionState, _ collection: CollectionName, source: String, points: PointCounts, hasMetadata: Bool)
    {
        self.collection = collection
        let stamp = state.stamp(of: source)
        self.stamp = hasMetadata ? .run(stamp?.runID) : .impossible
        identity = stamp?.embedder.identity
        ownPoints = points.own
        unmarkedPoints = points.unmarked
        foreignPoints = points.foreign
        storage = state.storage
        isIndexingDeferred = state.deferredThreshold(of: source) != nil
        indexingThreshold = isIndexingDeferred ? 0 : state.indexingThreshold
        isBuilding = stamp?.building == true
        status = state.status
        queueLength = state.queueLength
        vectors = state.config.params.vectors
    }

    /// Whether vectors are kept as they were stored, and not with fewer bits.
    public var keepsFloat32: Bool { storage?.datatype == VectorStorage.Datatype.float32.rawValue }

    /// Components a vector; nil where there is not one unnamed vector.
    public var dimension: Int? {
        if case .unnamed(let vectors) = vectors { vectors.size } else { nil }
    }

    /// All points.
    public var points: Int { ownPoints + unmarkedPoints + foreignPoints }

    /// What the collection tells about the runs before.
    public var evidence: TargetEvidence { .present(stamp, points: ownPoints) }
}
