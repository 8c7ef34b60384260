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
    private let indexed: Int?
    private let points: Int?

    enum CodingKeys: String, CodingKey {
        case status, config
        case schema = "payload_schema"
        case optimizer = "optimizer_status"
        case queue = "update_queue"
        case indexed = "indexed_vectors_count"
        case points = "points_count"
    }

    struct Config: Decodable, Sendable {
        let params: Params
        let optimizer: Optimizer?
        let quantization: Lenient<QuantizationConfig>?
        /// By sync: see `CollectionStamp.key`. Members of others are not ours to understand.
        let metadata: [String: Lenient<CollectionStamp>]?

        enum CodingKeys: String, CodingKey {
            case params, metadata
            case optimizer = "optimizer_config"
            case quantization = "quantization_config"
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

    /// The threshold that belongs there while a run of `source` has put indexing off; nil when none has, or somebody has set
    /// another since.
    func deferredThreshold(of source: String) -> Int? {
        guard let indexingThreshold else { return nil }
        guard indexingThreshold == 0 else { return UnreachableThreshold.remembered(by: indexingThreshold) }
        return stamp(of: source)?.indexingThreshold.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Why the status is red.
    var optimizerFault: String? { optimizer?.value?.error }

    /// How many changes wait to be made; nil where the server does not tell, which is before 1.17.
    var queueLength: Int? { queue?.value?.length }

    var indexingProgress: IndexingProgress { IndexingProgress(indexed: indexed ?? 0, vectors: points ?? 0) }

    /// Nil where there is not one unnamed vector.
    var storage: FoundStorage? {
        guard case .unnamed(let vectors) = config.params.vectors else { return nil }
        return FoundStorage(
            datatype: vectors.datatype ?? VectorStorage.Datatype.float32.rawValue,
            quantization: (vectors.quantization?.value ?? config.quantization?.value)?.kind ?? "none",
            isOnDisk: vectors.isOnDisk
        )
    }

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
        private let onDisk: Bool?
        /// Takes the place of `on_disk` from Qdrant 1.19 on, where it is given.
        private let memory: String?
        let quantization: CollectionState.Lenient<QuantizationConfig>?
        let multivector: Multivector?

        enum CodingKeys: String, CodingKey {
            case size, distance, datatype
            case onDisk = "on_disk"
            case memory
            case quantization = "quantization_config"
            case multivector = "multivector_config"
        }

        var isOnDisk: Bool { memory.map { $0 == "cold" } ?? onDisk ?? false }
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
