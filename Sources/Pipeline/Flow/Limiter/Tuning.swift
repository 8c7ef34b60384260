/// How a number is chosen: by the program, from what it measures, or by the operator.
public enum Tuning: Sendable, Equatable, ExpressibleByIntegerLiteral {
    case automatic
    case fixed(Int)

    public init(integerLiteral value: Int) {
        self = .fixed(value)
    }

    /// The number, where it is fixed.
    public var number: Int? {
        if case .fixed(let number) = self { number } else { nil }
    }
}
