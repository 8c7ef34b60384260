/// The vectors that a sync keeps in its collection.
public struct VectorIdentity: Sendable, Equatable {
    /// Vectors with different fingerprints are never mixed.
    public var fingerprint: String
    public var model: String
    public var digest: String?
    public var dimension: Int
    /// What stands before each text that is embedded.
    public var prefix: String
    /// What belongs before each question.
    public var queryPrefix: String

    public init(
        fingerprint: String,
        model: String,
        digest: String?,
        dimension: Int,
        prefix: String,
        queryPrefix: String
    ) {
        self.fingerprint = fingerprint
        self.model = model
        self.digest = digest
        self.dimension = dimension
        self.prefix = prefix
        self.queryPrefix = queryPrefix
    }
}
