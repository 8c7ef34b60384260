/// When a full sync puts off the indexing of vectors until all of them are there.
public enum IndexDeferral: String, Sendable, CaseIterable {
    /// For a first load of many rows.
    case auto
    case on
    case off

    /// Qdrant builds a graph for each segment, and builds it anew when segments are merged, so that a large load pays for
    /// several graphs beside the one that stays. With fewer vectors than these a graph takes no more than a minute of one
    /// core, and searches by what is there already would only be slowed down.
    public static let manyRows = 50_000

    /// Whether it is to be put off.
    ///
    /// - Parameters:
    ///   - rows: that are to be carried over.
    ///   - points: that are there. Where these are a tenth of the rows somebody may search them, and needs their index.
    public func defers(rows: Int, points: Int) -> Bool {
        switch self {
        case .auto: rows >= Self.manyRows && points < rows / 10
        case .on: true
        case .off: false
        }
    }
}
