/// How long something is measured.
public struct LoadLimits: Sendable, Equatable {
    /// At least so long, warm-up included.
    public var minimum: Duration
    /// No longer than this, unless too little was finished to tell anything.
    public var maximum: Duration
    /// Ends when half the confidence interval is no wider than this share of the mean.
    public var precision: Double

    public init(minimum: Duration = .seconds(2), maximum: Duration = .seconds(8), precision: Double = 0.03) {
        self.minimum = minimum
        self.maximum = maximum
        self.precision = precision
    }

    /// For a first impression.
    public static let quick = LoadLimits(minimum: .milliseconds(500), maximum: .seconds(2), precision: 0.05)

    /// At most so long; a quarter of it at least.
    public static func upTo(_ maximum: Duration) -> LoadLimits {
        LoadLimits(minimum: maximum / 4, maximum: maximum)
    }
}
