extension StageReport {
    /// A stage that was not measured.
    ///
    /// - Parameter reason: why.
    public static func leftOut(_ name: Name, because reason: String) -> StageReport {
        StageReport(name: name, rowsPerSecond: .none, rows: 0, seconds: 0, note: reason)
    }

    /// The slowest of the stages that were measured alone; nil where there are fewer than two to compare.
    public static func bottleneck(of stages: [StageReport]) -> Name? {
        let alone = stages.filter { $0.name != .pipeline && $0.rowsPerSecond.mean > 0 }
        guard alone.count > 1 else { return nil }
        return alone.min { $0.rowsPerSecond.mean < $1.rowsPerSecond.mean }?.name
    }
}
