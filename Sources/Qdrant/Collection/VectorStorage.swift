/// How a collection is to keep its vectors. Of what is nil nothing was said.
public struct VectorStorage: Sendable, Equatable {
    /// How a component of a vector is stored.
    public enum Datatype: String, CaseIterable, Sendable {
        case float32
        /// Half the bytes. A vector of length 1 keeps its direction to within a cosine of 0.99999.
        case float16
    }

    /// What searches look at first, in place of the vectors.
    public enum Quantization: String, CaseIterable, Sendable {
        case none
        /// A byte a component, kept in memory beside the vectors.
        case int8
    }

    public var datatype: Datatype?
    public var quantization: Quantization?
    /// Whether vectors are read from disk when they are needed, instead of being kept in memory.
    public var isOnDisk: Bool?

    public init(datatype: Datatype? = nil, quantization: Quantization? = nil, isOnDisk: Bool? = nil) {
        self.datatype = datatype
        self.quantization = quantization
        self.isOnDisk = isOnDisk
    }

    /// With what `found` has where nothing was said, as far as there is a choice of it.
    public func completed(by found: FoundStorage?) -> VectorStorage {
        guard let found else { return self }
        return VectorStorage(
            datatype: datatype ?? Datatype(rawValue: found.datatype),
            quantization: quantization ?? Quantization(rawValue: found.quantization),
            isOnDisk: isOnDisk ?? found.isOnDisk
        )
    }

    /// What was said that `found` has otherwise, in words.
    public func differences(from found: FoundStorage) -> [String] {
        var differences: [String] = []
        if let datatype, datatype.rawValue != found.datatype {
            differences.append("\(found.datatype) instead of \(datatype.rawValue)")
        }
        if let isOnDisk, isOnDisk != found.isOnDisk {
            differences.append(isOnDisk ? "in memory instead of on disk" : "on disk instead of in memory")
        }
        if let quantization, quantization.rawValue != found.quantization {
            differences.append("with quantization \(found.quantization) instead of \(quantization.rawValue)")
        }
        return differences
    }

    /// The parameters of unnamed vectors, as creating a collection takes them.
    func vectors(dimension: Int) -> String {
        var members = ["\"size\":\(dimension)", "\"distance\":\"Cosine\""]
        if let datatype, datatype != .float32 { members.append("\"datatype\":\"\(datatype.rawValue)\"") }
        if isOnDisk == true { members.append("\"on_disk\":true") }
        return "{\(members.joined(separator: ","))}"
    }

    /// The collection's quantization, as creating it takes it; nil for none.
    var quantizationConfig: String? {
        // The hundredth of the components that lies outermost would widen the steps of all others.
        guard quantization == .int8 else { return nil }
        return "{\"scalar\":{\"type\":\"int8\",\"quantile\":0.99,\"always_ram\":true}}"
    }
}

/// How a collection keeps its vectors, in Qdrant's words: there is more than `VectorStorage` has a choice of.
public struct FoundStorage: Sendable, Equatable {
    public let datatype: String
    /// `none`, `int8`, or the name of another kind such as `product`.
    public let quantization: String
    public let isOnDisk: Bool
}

/// The quantization of a collection, or of its vectors.
struct QuantizationConfig: Decodable, Sendable {
    /// `int8`, or the name of another kind.
    let kind: String

    private struct Scalar: Decodable { let type: String }

    init(from decoder: any Decoder) throws {
        struct Anything: Decodable {}
        struct Scalars: Decodable { let scalar: Scalar }
        if let scalars = try? Scalars(from: decoder) {
            kind = scalars.scalar.type
        } else {
            kind = try [String: Anything](from: decoder).keys.sorted().joined(separator: ", ")
        }
    }
}
