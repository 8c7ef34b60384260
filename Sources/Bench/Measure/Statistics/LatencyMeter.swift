internal import Histogram

/// How long requests took, in a histogram of constant size with three significant digits.
struct LatencyMeter: Sendable {
    /// In microseconds.
    private var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)

    mutating func record(_ latency: Duration) {
        histogram.record(UInt64(max((latency / .microseconds(1)).rounded(), 1)))
    }

    var report: ServerReport.Latency {
        guard histogram.totalCount > 0 else {
            return ServerReport.Latency(p50: 0, p95: 0, p99: 0, max: 0, histogram: [])
        }
        return ServerReport.Latency(
            p50: Self.milliseconds(histogram.valueAtPercentile(50)),
            p95: Self.milliseconds(histogram.valueAtPercentile(95)),
            p99: Self.milliseconds(histogram.valueAtPercentile(99)),
            max: Self.milliseconds(histogram.maxRecorded),
            histogram: buckets
        )
    }

    /// As wide as each other up to where nearly all are, so that their shape shows; then wider and wider.
    private var buckets: [ServerReport.Latency.Bucket] {
        let first = Double(histogram.min)
        var width = max((Double(histogram.valueAtPercentile(99)) - first) / Self.evenBuckets, 1)
        var end = first + width
        var buckets: [ServerReport.Latency.Bucket] = []
        var count = 0
        for value in histogram.recordedValues() {
            while Double(value.value) > end {
                buckets.append(.init(upTo: end / 1_000, count: count))
                count = 0
                if buckets.count >= Int(Self.evenBuckets) { width *= 1.5 }
                end += width
            }
            count += Int(clamping: value.count)
        }
        buckets.append(.init(upTo: end / 1_000, count: count))
        return buckets
    }

    private static let evenBuckets = 24.0

    private static func milliseconds(_ microseconds: UInt64) -> Double { Double(microseconds) / 1_000 }
}
