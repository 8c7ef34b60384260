public import Pipeline

/// The name of a collection that may be written to.
public struct CollectionName: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    /// Belongs to another program of the same deployments, and is never touched.
    private static let forbidden = ["execution_patterns"]

    /// - Throws: `.setup` for a name that is no name, or not ours to write to.
    public init(_ name: String) throws(PipelineError) {
        guard !Self.forbidden.contains(name) else {
            throw PipelineError(
                .setup,
                "the collection \(name) belongs to another program and is never written to",
                remedy: "name another one in QDRANT_COLLECTION"
            )
        }
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isPlain, !name.isEmpty, name.utf8.count <= 255, !name.allSatisfy({ $0 == "." }) else {
            throw PipelineError(
                .setup,
                "'\(name)' is no name for a collection",
                remedy: "use letters, digits, '_', '-' and '.' in QDRANT_COLLECTION"
            )
        }
        description = name
    }

    private init(unchecked name: String) {
        description = name
    }

    /// The name of the generation `number` that is kept for this name, which is then an alias.
    public func generation(_ number: Int) -> CollectionName {
        CollectionName(unchecked: generationPrefix + String(number))
    }

    /// Which generation kept for this name the collection `name` is; nil when it is none.
    public func generationNumber(of name: String) -> Int? {
        guard name.utf8.starts(with: generationPrefix.utf8) else { return nil }
        let digits = name.utf8.dropFirst(generationPrefix.utf8.count)
        guard let number = Int(Substring(digits)), number > 0, String(number).utf8.elementsEqual(digits) else {
            return nil
        }
        return number
    }

    /// The name of a collection that measuring for this one fills and removes; one benchmark's own by its `number`.
    func scratch(_ number: UInt32) -> CollectionName {
        let digits = String(number, radix: 16)
        return CollectionName(unchecked: scratchPrefix + String(repeating: "0", count: 8 - digits.count) + digits)
    }

    /// The collection `name`, where it is one that measuring for this one fills and removes.
    func scratch(named name: String) -> CollectionName? {
        let scratch = UInt32(Substring(name.utf8.suffix(8)), radix: 16).map { self.scratch($0) }
        return scratch?.description == name ? scratch : nil
    }

    private var generationPrefix: String { "\(description)__g" }
    private var scratchPrefix: String { "\(description)__bench_" }
}
