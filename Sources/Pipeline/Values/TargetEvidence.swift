/// What the target itself can say about the run that last wrote to it.
public enum TargetEvidence: Sendable, Equatable {
    /// There is no target yet.
    case missing
    /// It is there, and holds so many points of this sync, counted exactly.
    case present(Stamp, points: Int)

    public enum Stamp: Sendable, Equatable {
        /// The target has no room for one.
        case impossible
        /// The generation that is stamped into it; nil when none is.
        case generation(String?)
    }

    /// Why work that was done before can no longer be relied on; nil when it can.
    ///
    /// - Parameters:
    ///   - generation: of the run that did it.
    ///   - points: how many points it must at least have left behind.
    public func doubt(about generation: String, points expected: Int) -> String? {
        switch self {
        case .missing: "the collection is no longer there"
        case .present(.generation(let found), _):
            // Points that are missing are found by the comparison at the end; it need not be done all over for them.
            found == generation ? nil : "the collection was replaced"
        case .present(.impossible, let points):
            points < expected ? "the collection holds \(points) of the \(expected) points that were written" : nil
        }
    }
}
