extension Estimate {
    /// Nothing was measured.
    public static let none = Estimate(mean: 0, low: 0, high: 0, samples: 0)

    /// A rate of which nothing but the total is known.
    public static func single(units: Double, seconds: Double) -> Estimate {
        guard seconds > 0 else { return .none }
        return Estimate(mean: units / seconds, low: units / seconds, high: units / seconds, samples: 1)
    }

    /// The rate of all batches together, with its 95 % confidence interval.
    ///
    /// The rate is the ratio of two sums; its error is that of a ratio: by the residuals of the batches, with Student's t.
    static func rate(of batches: [RateMeter.Batch]) -> Estimate {
        let units = batches.reduce(0) { $0 + $1.units }
        let seconds = batches.reduce(0) { $0 + $1.seconds }
        guard batches.count > 1, seconds > 0 else { return .single(units: units, seconds: seconds) }
        let rate = units / seconds
        let count = Double(batches.count)
        let squares = batches.reduce(0) { sum, batch in
            let residual = batch.units - rate * batch.seconds
            return sum + residual * residual
        }
        let standardError = (squares / (count - 1) / count).squareRoot() / (seconds / count)
        let reach = standardError * StudentT.quantile(degreesOfFreedom: batches.count - 1)
        return Estimate(mean: rate, low: max(rate - reach, 0), high: rate + reach, samples: batches.count)
    }

    /// Half the width of the confidence interval, as a share of the mean; nil where there is no interval.
    var precision: Double? {
        guard samples > 1, mean > 0 else { return nil }
        return (high - low) / 2 / mean
    }
}
