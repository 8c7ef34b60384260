/// How far two estimates of one thing are apart, in percent of the older, and whether that is more than chance.
struct Change: Sendable, Equatable {
    enum Verdict: Sendable, Equatable {
        case faster
        case slower
        /// The interval contains no change at all.
        case same
        /// Measured once, or not at all: nobody knows how far chance goes.
        case unknown
    }

    var percent: Double
    /// The 95 % confidence interval; nil where nobody knows it.
    var interval: ClosedRange<Double>?

    /// As Welch does it, the two errors are added by their squares and need not be alike: here of the logarithms, so that
    /// the change is one of proportion, and the other way round it is the same. Half-widths are used as they are, which for few
    /// samples is on the careful side.
    init(from old: Estimate, to new: Estimate) {
        guard old.mean > 0, new.mean > 0, old.mean.isFinite, new.mean.isFinite else {
            percent = old.mean > 0 ? -100 : 0
            return
        }
        percent = (new.mean / old.mean - 1) * 100
        guard let oldError = old.relativeError, let newError = new.relativeError else { return }
        let error = (oldError * oldError + newError * newError).squareRoot()
        let logarithm = naturalLogarithm(new.mean / old.mean)
        let low = (exponential(logarithm - error) - 1) * 100
        let high = (exponential(logarithm + error) - 1) * 100
        if low <= high, high.isFinite { interval = low...high }
    }

    var verdict: Verdict {
        // Nothing comes back where there was something: no chance makes that.
        if percent == -100 { return .slower }
        guard let interval else { return .unknown }
        if interval.lowerBound > 0 { return .faster }
        if interval.upperBound < 0 { return .slower }
        return .same
    }

    /// Slower by more than so many percent, as far as the estimate goes, and beyond chance.
    func isWorse(thanPercent limit: Double) -> Bool { verdict == .slower && -percent > limit }
}
