internal import FoundationEssentials
internal import Pipeline

/// What a sync writes into the metadata of its collection.
struct CollectionStamp: Codable, Sendable, Equatable {
    /// The id of the full run that last wrote to it.
    var runID: String?
    var embedder: Embedder
    /// Of a generation of the collection: whether it is not complete yet.
    var building: Bool?
    /// The threshold that belongs there; nil unless indexing is put off while a load or a rebuild goes on.
    var indexingThreshold: Int?
    /// Of a generation of the collection: when it was complete, in ISO 8601, UTC.
    var builtAt: String?

    enum CodingKeys: String, CodingKey {
        case embedder, building
        case runID = "generation"
        case indexingThreshold = "indexing_threshold"
        case builtAt = "built_at"
    }

    /// The member of the metadata that belongs to the sync of this name.
    static func key(_ source: String) -> String { "pattern-sync.\(source)" }

    /// What creating and changing a collection take: `{"metadata": …}`. Metadata is merged member by member, so that
    /// those of others stay.
    func change(source: String) throws(PipelineError) -> [UInt8] {
        guard let body = try? JSONEncoder().encode(["metadata": [Self.key(source): self]]) else {
            throw PipelineError(.setup, "the collection's stamp cannot be written as JSON")
        }
        return Array(body)
    }
}

extension CollectionStamp {
    /// What made the vectors.
    struct Embedder: Codable, Sendable, Equatable {
        var fingerprint: String
        var model: String
        var digest: String?
        var dimension: Int
        var prefix: String
        var queryPrefix: String
        var canaries: [[Double]]?

        enum CodingKeys: String, CodingKey {
            case fingerprint, model, digest, dimension, prefix, canaries
            case queryPrefix = "query_prefix"
        }

        /// - Throws: `.setup` when a canary is no array of numbers.
        init(_ identity: VectorIdentity) throws(PipelineError) {
            fingerprint = identity.fingerprint
            model = identity.model
            digest = identity.digest
            dimension = identity.dimension
            prefix = identity.prefix
            queryPrefix = identity.queryPrefix
            var canaries: [[Double]] = []
            for canary in identity.canaries {
                guard let numbers = try? JSONDecoder().decode([Double].self, from: Data(canary.json)) else {
                    throw PipelineError(.setup, "the vector of a canary is no array of numbers")
                }
                canaries.append(numbers)
            }
            self.canaries = canaries.isEmpty ? nil : canaries
        }

        /// Made anew with the canaries of `previous`, where that is of the same embedder. What later runs are compared
        /// with has to stay what the first one saw: many small steps lead anywhere.
        init(_ identity: VectorIdentity, keepingCanariesOf previous: Embedder?) throws(PipelineError) {
            try self.init(identity)
            if let previous, previous.fingerprint == fingerprint, let canaries = previous.canaries {
                self.canaries = canaries
            }
        }

        var identity: VectorIdentity {
            VectorIdentity(
                fingerprint: fingerprint,
                model: model,
                digest: digest,
                dimension: dimension,
                prefix: prefix,
                queryPrefix: queryPrefix,
                canaries: (canaries ?? []).map { numbers in
                    Vector(json: Array("[\(numbers.map(\.description).joined(separator: ","))]".utf8)[...])
                }
            )
        }
    }
}
