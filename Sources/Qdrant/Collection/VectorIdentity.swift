internal import FoundationEssentials
public import Pipeline

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
    /// The vectors of texts that never change, by which a model is known again whatever its name; may be empty.
    public var canaries: [Vector]

    public init(
        fingerprint: String,
        model: String,
        digest: String?,
        dimension: Int,
        prefix: String,
        queryPrefix: String,
        canaries: [Vector] = []
    ) {
        self.fingerprint = fingerprint
        self.model = model
        self.digest = digest
        self.dimension = dimension
        self.prefix = prefix
        self.queryPrefix = queryPrefix
        self.canaries = canaries
    }

    /// As JSON, of the form that it has in a collection's metadata: for the journal, where a Qdrant before 1.16 has none.
    ///
    /// - Throws: `.setup` when a canary is no array of numbers.
    public func encoded() throws(PipelineError) -> String {
        let embedder = try CollectionStamp.Embedder(self)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(embedder) else {
            throw PipelineError(.setup, "the identity of the vectors cannot be written as JSON")
        }
        return String(decoding: json, as: UTF8.self)
    }

    /// Reads what `encoded` wrote; nil for anything else.
    public init?(encoded: String) {
        let data = Data(encoded.utf8)
        guard let embedder = try? JSONDecoder().decode(CollectionStamp.Embedder.self, from: data) else { return nil }
        self = embedder.identity
    }
}
