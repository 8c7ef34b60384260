/// What the target itself can say about the run that last wrote to it.
public enum TargetEvidence: Sendable, Equatable {
    /// There is no target yet.
    case missing
    /// It is there, and holds so many points of this sync, counted exactly.
    case present(Stamp, points: Int)

    /// What the target bears of the run that last filled it.
    public enum Stamp: Sendable, Equatable {
        /// The target has no room for one.
        case impossible
        /// The id of the run that is stamped into it; nil when none is.
        case run(String?)
    }

    /// Why work that was done before can no longer be relied on; nil when it can.
    ///
    /// - Parameters:
    ///   - runID: of the run that did it.
    ///   - points: how many points it must at least have left behind.
    public func doubt(about runID: String, points expected: Int) -> String? {
        switch self {
        case .missing: "the collection is no longer there"
        case .present(.run(let found), _):
            // Points that are missing are found by the comparison at the end; it need not be done all over for them.
            found == runID ? nil : "the collection was replaced"
        case .present(.impossible, let points):
            points < expected ? "the collection holds \(points) of the \(expected) points that were written" : nil
        }
    }
}
