extension Estimate {
    /// Of what several do at once, independently of each other: the errors add up by their squares.
    public static func sum(_ parts: [Estimate]) -> Estimate {
        let mean = parts.reduce(0) { $0 + $1.mean }
        let below = parts.reduce(0) { $0 + ($1.mean - $1.low) * ($1.mean - $1.low) }.squareRoot()
        let above = parts.reduce(0) { $0 + ($1.high - $1.mean) * ($1.high - $1.mean) }.squareRoot()
        return Estimate(mean: mean, low: mean - below, high: mean + above, samples: parts.map(\.samples).min() ?? 0)
    }
}
