/// Shades for values, from nothing to the largest.
enum HeatScale {
    static func step(_ value: Double, of peak: Double, steps: Int) -> Int {
        guard value > 0, peak > 0, peak.isFinite, value.isFinite else { return 0 }
        return min(steps - 1, Int(min(1, value / peak) * Double(steps)))
    }
}
