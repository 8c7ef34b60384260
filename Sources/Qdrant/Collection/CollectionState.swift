internal import FoundationEssentials
internal import Pipeline

/// How a collection is, as Qdrant tells.
public enum CollectionStatus: String, Sendable, Decodable {
    /// All is indexed that is to be.
    case green
    /// Something is being indexed.
    case yellow
    /// Something should be indexed, and is not before the collection is changed.
    case grey
    /// Indexing failed.
    case red
}

/// What Qdrant tells about a collection.
struct CollectionState: Decodable, Sendable {
    let status: CollectionStatus
    let config: Config
    let schema: [String: Field]?
    private let optimizer: Lenient<OptimizerFault>?
    private let queue: Lenient<UpdateQueue>?

    enum CodingKeys: String, CodingKey {
        case status, config
        case schema = "payload_schema"
        case optimizer = "optimizer_status"
        case queue = "update_queue"
    }

    struct Config: Decodable, Sendable {
        let params: Params
        let optimizer: Optimizer?
        /// By sync: see `CollectionStamp.key`. Members of others are not ours to understand.
        let metadata: [String: Lenient<CollectionStamp>]?

        enum CodingKeys: String, CodingKey {
            case params, metadata
            case optimizer = "optimizer_config"
        }
    }

    struct Params: Decodable, Sendable {
        /// Nil where there are none.
        let vectors: VectorParams?
    }

    struct Optimizer: Decodable, Sendable {
        let threshold: Int?

        enum CodingKeys: String, CodingKey { case threshold = "indexing_threshold" }
    }

    struct Field: Decodable, Sendable {}

    private struct OptimizerFault: Decodable, Sendable { let error: String }

    private struct UpdateQueue: Decodable, Sendable { let length: Int }

    /// A value of the expected shape, or nil.
    struct Lenient<Value: Decodable & Sendable>: Decodable, Sendable {
        let value: Value?

        init(from decoder: any Decoder) throws {
            value = try? Value(from: decoder)
        }
    }

    /// Kilobytes of vectors that go without an index; 0 for ever.
    var indexingThreshold: Int? { config.optimizer?.threshold }

    /// Why the status is red.
    var optimizerFault: String? { optimizer?.value?.error }

    /// How many changes wait to be made; nil where the server does not tell, which is before 1.17.
    var queueLength: Int? { queue?.value?.length }

    func stamp(of source: String) -> CollectionStamp? {
        config.metadata?[CollectionStamp.key(source)]?.value
    }
}

/// The vectors that a collection has room for.
enum VectorParams: Decodable, Sendable {
    case unnamed(Unnamed)
    case named([String])

    struct Unnamed: Decodable, Sendable {
        let size: Int
        let distance: String
        /// Nil for float32.
        let datatype: String?
        let multivector: Multivector?

        enum CodingKeys: String, CodingKey {
            case size, distance, datatype
            case multivector = "multivector_config"
        }
    }

    struct Multivector: Decodable, Sendable {}

    init(from decoder: any Decoder) throws {
        if let unnamed = try? Unnamed(from: decoder) {
            self = .unnamed(unnamed)
        } else {
            struct Anything: Decodable {}
            self = .named(try [String: Anything](from: decoder).keys.sorted())
        }
    }
}
