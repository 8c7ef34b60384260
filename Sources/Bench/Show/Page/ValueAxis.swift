/// Where values stand on an axis, in parts of its length, and which of them are written beside it.
struct ValueAxis {
    let ticks: [Double]
    private let low: Double
    private let high: Double
    private let isLogarithmic: Bool

    /// From nothing to a round number.
    static func linear(upTo highest: Double) -> ValueAxis {
        guard highest > 0, highest.isFinite else { return ValueAxis(ticks: [0], low: 0, high: 1, isLogarithmic: false) }
        let step = roundSteps(of: highest / 5).first { highest / $0 <= 5 } ?? highest
        let count = Int((highest / step).rounded(.up))
        return ValueAxis(
            ticks: (0...count).map { Double($0) * step },
            low: 0,
            high: Double(count) * step,
            isLogarithmic: false
        )
    }

    /// Where values are many times apart: equal distances are equal proportions.
    static func logarithmic(from lowest: Double, to highest: Double) -> ValueAxis {
        let low = min(max(lowest, 0.001), 1e12)
        let high = max(min(highest, 1e15), low * 1.2)
        var ticks: [Double] = []
        var power = powerOfTen(below: low)
        while power <= high * 1.001 {
            ticks += [power, power * 2, power * 5].filter { $0 >= low * 0.999 && $0 <= high * 1.001 }
            power *= 10
        }
        let axis = ValueAxis(ticks: [], low: low, high: high, isLogarithmic: true)
        var spaced: [Double] = []
        // What is nearer would not fit beside one another on a narrow page.
        for tick in ticks where spaced.last.map({ axis.position(tick) - axis.position($0) >= 0.21 }) ?? true {
            spaced.append(tick)
        }
        return ValueAxis(ticks: spaced, low: low, high: high, isLogarithmic: true)
    }

    func position(_ value: Double) -> Double {
        guard isLogarithmic else { return (value - low) / (high - low) }
        guard value > low else { return 0 }
        return (naturalLogarithm(value) - naturalLogarithm(low)) / (naturalLogarithm(high) - naturalLogarithm(low))
    }

    /// 1, 2 or 5 times a power of ten, from below a value upwards.
    private static func roundSteps(of value: Double) -> [Double] {
        let power = powerOfTen(below: value)
        return [power, power * 2, power * 5, power * 10]
    }

    private static func powerOfTen(below value: Double) -> Double {
        let exponent = (naturalLogarithm(value) / naturalLogarithm(10)).rounded(.down)
        let power = exponential(exponent * naturalLogarithm(10))
        // What it should have been, before a logarithm rounded it.
        return power >= 1 ? power.rounded() : 1 / (1 / power).rounded()
    }
}
