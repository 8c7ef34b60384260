/// A mean that was measured several times, and how far it is to be trusted.
public struct Estimate: Codable, Sendable, Equatable {
    public var mean: Double
    /// The 95 % confidence interval of the mean; both ends are the mean itself where it was measured once.
    public var low: Double
    public var high: Double
    /// How often it was measured.
    public var samples: Int

    public init(mean: Double, low: Double, high: Double, samples: Int) {
        self.mean = mean
        self.low = low
        self.high = high
        self.samples = samples
    }
}
