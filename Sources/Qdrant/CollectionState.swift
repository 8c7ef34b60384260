internal import FoundationEssentials
internal import Pipeline

/// What Qdrant tells about a collection.
struct CollectionState: Decodable, Sendable {
    let config: Config
    let schema: [String: Field]?

    enum CodingKeys: String, CodingKey {
        case config
        case schema = "payload_schema"
    }

    struct Config: Decodable, Sendable {
        let params: Params
        /// By sync: see `CollectionStamp.key`. Members of others are not ours to understand.
        let metadata: [String: Lenient<CollectionStamp>]?
    }

    struct Params: Decodable, Sendable {
        /// Nil when the collection's vectors have names, or there are none.
        let vectors: Lenient<Vectors>?
    }

    struct Vectors: Decodable, Sendable, Equatable {
        let size: Int
        let distance: String
    }

    struct Field: Decodable, Sendable {}

    /// A value of the expected shape, or nil.
    struct Lenient<Value: Decodable & Sendable>: Decodable, Sendable {
        let value: Value?

        init(from decoder: any Decoder) throws {
            value = try? Value(from: decoder)
        }
    }

    /// - Throws: `.setup` when vectors of `dimension` components cannot be kept in the collection as they should.
    func check(dimension: Int, _ name: CollectionName) throws(PipelineError) {
        let remedy = "name another collection in QDRANT_COLLECTION; an existing one is never changed to fit"
        guard let vectors = config.params.vectors?.value else {
            throw PipelineError(
                .setup,
                "the collection \(name) has named vectors, an unnamed one was expected",
                remedy: remedy
            )
        }
        guard vectors.size == dimension else {
            throw PipelineError(
                .setup,
                "the collection \(name) holds vectors of \(vectors.size) components, the model makes \(dimension)",
                remedy: remedy
            )
        }
        guard vectors.distance == "Cosine" else {
            throw PipelineError(
                .setup,
                "the collection \(name) compares by \(vectors.distance), Cosine was expected",
                remedy: remedy
            )
        }
    }
}
