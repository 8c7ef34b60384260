/// The rules by which a server misbehaves, and the chance that decides where shares are concerned.
public struct FaultPlan: Sendable, Equatable {
    public var rules: [FaultRule]
    /// Two plans with one seed choose alike, given the same requests in the same order.
    public var seed: UInt64

    public init(_ rules: [FaultRule] = [], seed: UInt64 = 1) {
        self.rules = rules
        self.seed = seed
    }

    /// Whether chance is part of it, so that the seed is worth printing.
    var usesChance: Bool {
        rules.contains { rule in
            if case .share = rule.when { true } else { false }
        }
    }
}

/// SplitMix64: small, fast, and the same on every machine.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
