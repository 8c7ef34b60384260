public import Pipeline

extension BenchReport.TextSample {
    /// What there is to say of the texts.
    public init(_ texts: [Bytes], origin: Origin) {
        let sizes = texts.map(\.count).sorted()
        self.init(
            origin: origin,
            count: sizes.count,
            meanBytes: sizes.isEmpty ? 0 : Double(sizes.reduce(0, +)) / Double(sizes.count),
            p95Bytes: sizes.isEmpty ? 0 : sizes[(sizes.count * 95 + 99) / 100 - 1]
        )
    }
}
