/// In what a point differs from its row.
public enum Difference: Sendable, Equatable, CaseIterable {
    /// There is no point.
    case missing
    /// The vector is not one of the row's text by this embedder.
    case text
    /// Only the payload is not what the row says.
    case payload
    /// The vector is one of the row's text, but the point bears nobody's name.
    case unclaimed

    /// Whether the point's vector can stay.
    var keepsVector: Bool { self == .payload || self == .unclaimed }
}
