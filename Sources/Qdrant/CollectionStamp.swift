/// What a sync writes into the metadata of its collection.
struct CollectionStamp: Codable, Sendable, Equatable {
    struct Embedder: Codable, Sendable, Equatable {
        var fingerprint: String
        var model: String
        var digest: String?
        var dimension: Int
        var prefix: String
        var queryPrefix: String

        enum CodingKeys: String, CodingKey {
            case fingerprint, model, digest, dimension, prefix
            case queryPrefix = "query_prefix"
        }
    }

    /// Of the full run that last wrote to it.
    var generation: String?
    var embedder: Embedder

    /// The member of the metadata that belongs to the sync of this name.
    static func key(_ source: String) -> String { "pattern-sync.\(source)" }
}
