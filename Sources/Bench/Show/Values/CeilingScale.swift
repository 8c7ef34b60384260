/// Lengths of bars for stages that may be a thousand times apart: what matters is the lowest, and how near to it the
/// whole sync comes, so bars that are far longer are cut.
struct CeilingScale {
    /// What a full bar stands for.
    let end: Double

    init(_ values: [Double]) {
        let lowest = values.min() ?? 1
        let highest = values.max() ?? 1
        end = highest <= lowest * 4 ? highest : lowest * 3
    }

    /// In parts of a full bar; nil where it is longer.
    func length(_ value: Double) -> Double? { value <= end ? value / end : nil }
}
