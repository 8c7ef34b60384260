/// A point as it is found in the target: whose it is, and what it was made of.
public struct StoredPoint: Sendable {
    /// What a point tells about its origin.
    public enum Mark: Sendable, Equatable {
        /// It bears this sync's name, and its vector is of this sync's embedder.
        case current
        /// It bears this sync's name, but its vector or its hashes are of another kind, which are not to be compared.
        case outdated
        /// It bears nobody's name.
        case none
        /// It bears the name of another sync.
        case foreign(String)
    }

    /// Whose the point is.
    public var mark: Mark
    /// SHA-256 of the text that was embedded, 64 lower-case hexadecimal digits. Of a point that bears nobody's name it is
    /// taken of the text in its payload, and nil where there is none.
    public var textHash: Bytes?
    /// SHA-256 of the row's payload that is stored; nil where the point does not tell.
    public var payloadHash: Bytes?
    /// Whether the text had to be cut before it was embedded.
    public var isTruncated: Bool
    /// The whole payload, as the target printed it; only where it was asked for.
    public var payload: Bytes?
    /// Only where it was asked for.
    public var vector: Vector?

    public init(
        mark: Mark,
        textHash: Bytes?,
        payloadHash: Bytes?,
        isTruncated: Bool = false,
        payload: Bytes? = nil,
        vector: Vector? = nil
    ) {
        self.mark = mark
        self.textHash = textHash
        self.payloadHash = payloadHash
        self.isTruncated = isTruncated
        self.payload = payload
        self.vector = vector
    }
}

/// What to bring along of points beside their marks.
public enum PointDetail: Sendable {
    case marks
    /// The payloads too.
    case payloads
    /// The vectors too.
    case vectors
}

/// Names a point that bears this sync's name.
public struct PointReference: Sendable, Hashable {
    /// The point's id, as the target writes it.
    public var id: String
    /// The key of the row that the point is of; nil when no row can have made it.
    public var key: RowKey?

    public init(id: String, key: RowKey?) {
        self.id = id
        self.key = key
    }
}

/// One page of the points that bear this sync's name.
public struct PointPage: Sendable {
    /// At most as many as were asked for.
    public var points: [PointReference]
    /// Where the next page begins; nil at the end.
    public var next: Position?

    public init(points: [PointReference], next: Position?) {
        self.points = points
        self.next = next
    }
}
