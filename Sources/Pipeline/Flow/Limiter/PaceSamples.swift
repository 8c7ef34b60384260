/// The paces of some rounds at one setting: their mean and how far they scatter.
struct PaceSamples: Sendable {
    private(set) var count = 0
    private(set) var mean = 0.0
    /// The sum of the squared distances from the mean.
    private(set) var scatter = 0.0

    init() {}

    /// As if there had been no more than `count` of them: they scatter as the others did.
    init(_ samples: PaceSamples, keeping count: Int) {
        guard samples.count > 0 else { return }
        self.count = min(samples.count, count)
        mean = samples.mean
        scatter = samples.scatter * Double(self.count) / Double(samples.count)
    }

    mutating func add(_ pace: Double) {
        count += 1
        let distance = pace - mean
        mean += distance / Double(count)
        scatter += distance * (pace - mean)
    }

    /// How much faster these are than `others`, 0 for the same, and its standard error.
    ///
    /// A few rounds do not tell how far they scatter: as much as two rounds at 2 % each is taken for granted.
    func gain(over others: PaceSamples) -> (gain: Double, error: Double) {
        guard count > 0, others.count > 0, mean > 0, others.mean > 0 else { return (0, .infinity) }
        let relative = scatter / (mean * mean) + others.scatter / (others.mean * others.mean)
        let variance = (relative + Self.prior) / Double(count + others.count)
        let error = (variance * (1 / Double(count) + 1 / Double(others.count))).squareRoot()
        let gain = others.mean / mean - 1
        return (gain, error * (1 + gain))
    }

    private static let prior = 2 * 0.02 * 0.02
}
