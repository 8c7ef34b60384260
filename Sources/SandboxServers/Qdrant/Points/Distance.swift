/// How near two vectors are.
enum Distance: String, Sendable, CaseIterable {
    case cosine = "Cosine"
    case euclid = "Euclid"
    case dot = "Dot"
    case manhattan = "Manhattan"

    /// Whether a larger score is a nearer neighbour.
    var prefersLarger: Bool { self == .cosine || self == .dot }

    /// The score of two vectors that both went through `prepare`.
    func score(_ left: UnsafeBufferPointer<Float>, _ right: UnsafeBufferPointer<Float>) -> Float {
        switch self {
        case .cosine, .dot: VectorMath.dot(left, right)
        case .euclid: VectorMath.squaredDistance(left, right).squareRoot()
        case .manhattan: VectorMath.manhattanDistance(left, right)
        }
    }

    /// Makes a vector what is stored of it: for cosine one of length 1, unless it is that already or all zeros.
    func prepare(_ vector: UnsafeMutableBufferPointer<Float>) {
        guard self == .cosine else { return }
        let square = VectorMath.dot(UnsafeBufferPointer(vector), UnsafeBufferPointer(vector))
        guard abs(square - 1) > 1e-6 else { return }
        VectorMath.normalise(vector)
    }
}
