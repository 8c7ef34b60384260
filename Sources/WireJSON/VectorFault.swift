/// Why an answer's vectors cannot be used.
public enum VectorFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The answer is not the JSON that was expected; the offset is in bytes.
    case malformed(offset: Int)
    /// The answer has no list of vectors.
    case missing
    /// Two vectors claim the same place, or one claims a place that no text has.
    case misplaced
    /// The vector at `index` has `found` components.
    case wrongDimension(index: Int, found: Int, expected: Int)
    /// A component of the vector at `index` is no finite number (of 32 bits).
    case notFinite(index: Int)
    /// All components of the vector at `index` are zero.
    case allZero(index: Int)

    public var description: String {
        switch self {
        case .malformed(let offset): "the answer is not the expected JSON at byte \(offset)"
        case .missing: "the answer holds no embeddings"
        case .misplaced: "the answer's embeddings are numbered wrongly"
        case .wrongDimension(_, let found, let expected):
            "the embedding has \(found) components instead of \(expected)"
        case .notFinite: "the embedding has a component that is no finite number"
        case .allZero: "the embedding is all zero"
        }
    }
}
