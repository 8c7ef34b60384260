/// SplitMix64: random numbers that the same seed repeats.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Seeds for a test's arguments: the first ones are always the same, the last one is new in each run. A failing
    /// test shows the seed it was given.
    static func seeds(_ count: Int) -> [UInt64] {
        (1..<UInt64(count)).map(\.self) + [UInt64.random(in: .min ... .max)]
    }
}
