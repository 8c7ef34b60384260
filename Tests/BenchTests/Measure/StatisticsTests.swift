import Pipeline
import TestSupport
import Testing

@testable import Bench

@Suite struct `Statistics` {
    /// From the usual tables.
    @Test(arguments: [
        (1, 12.706), (2, 4.303), (4, 2.776), (10, 2.228), (30, 2.042), (40, 2.021), (60, 2.000), (120, 1.980),
        (1_000, 1.962),
    ])
    func `know Student's t`(_ degrees: Int, _ expected: Double) {
        #expect(abs(StudentT.quantile(degreesOfFreedom: degrees) - expected) < 0.000_6)
    }

    @Test func `give a rate with its interval`() {
        let batches = [1, 1.1, 0.9, 1.05, 0.95].map { RateMeter.Batch(units: 10, seconds: $0) }
        let rate = Estimate.rate(of: batches)
        #expect(abs(rate.mean - 10) < 1e-9)
        // The residuals are 0, -1, 1, -0.5 and 0.5: a standard error of 0.35355, times 2.7764.
        #expect(abs(rate.low - (10 - 0.981_6)) < 1e-3)
        #expect(abs(rate.high - (10 + 0.981_6)) < 1e-3)
        #expect(rate.samples == 5)
    }

    @Test func `give an interval that holds the truth nineteen times of twenty`() {
        var random = SeededRandom(seed: 7)
        var hits = 0
        for _ in 0..<2_000 {
            let batches = (0..<12).map { _ in
                RateMeter.Batch(
                    units: 10,
                    seconds: (0..<12).reduce(0) { sum, _ in sum + .random(in: 0..<1, using: &random) }
                )
            }
            let rate = Estimate.rate(of: batches)
            if rate.low <= 10 / 6.0, 10 / 6.0 <= rate.high { hits += 1 }
        }
        #expect((1_860...1_940).contains(hits), "\(hits)")
    }

    @Test func `know nothing of the spread of what was measured once`() {
        let rate = Estimate.rate(of: [RateMeter.Batch(units: 3, seconds: 2)])
        #expect(rate == Estimate(mean: 1.5, low: 1.5, high: 1.5, samples: 1))
        #expect(rate.precision == nil)
        #expect(Estimate.rate(of: []) == .none)
    }

    @Test func `add up what several do at once`() {
        let sum = Estimate.sum([
            Estimate(mean: 10, low: 7, high: 13, samples: 9), Estimate(mean: 20, low: 16, high: 24, samples: 5),
        ])
        #expect(sum == Estimate(mean: 30, low: 25, high: 35, samples: 5))
    }

    @Test func `take what is finished in bursts for one pace`() {
        var meter = RateMeter(from: .zero, inFlight: 4)
        for round in 1...10 {
            for _ in 0..<4 { meter.completed(units: 16, at: .milliseconds(50 * round)) }
        }
        let rate = meter.estimate
        #expect(abs(rate.mean - 1_280) < 1e-6)
        #expect(rate.high - rate.low < 1e-6)
        #expect(rate.samples == 10)
    }

    @Test func `keep few batches however much is finished`() {
        var meter = RateMeter(from: .zero)
        for count in 1...100_000 {
            meter.completed(units: 1, at: .microseconds(100 * count))
            #expect(meter.batchCount < 40)
        }
        #expect(meter.batchCount >= 20)
        #expect(abs(meter.estimate.mean - 10_000) < 1e-3)
    }

    @Test func `tell how long requests took`() {
        var meter = LatencyMeter()
        for milliseconds in 1...1_000 { meter.record(.milliseconds(milliseconds)) }
        let latency = meter.report
        #expect(abs(latency.p50 - 500) < 2)
        #expect(abs(latency.p95 - 950) < 2)
        #expect(abs(latency.p99 - 990) < 2)
        #expect(abs(latency.max - 1_000) < 2)
        #expect(latency.histogram.reduce(0) { $0 + $1.count } == 1_000)
        let ends = latency.histogram.map(\.upTo)
        #expect(ends == ends.sorted())
        #expect((20...40).contains(ends.count), "\(ends.count)")
        // Evenly spread, so that all but the last are about the same.
        #expect(latency.histogram.prefix(20).allSatisfy { (38...45).contains($0.count) }, "\(latency.histogram)")
        #expect(LatencyMeter().report.histogram.isEmpty)
    }

    @Test func `keep the histogram short where one request takes for ever`() {
        var meter = LatencyMeter()
        for _ in 0..<1_000 { meter.record(.milliseconds(5)) }
        meter.record(.seconds(300))
        let buckets = meter.report.histogram
        #expect(buckets.count < 80, "\(buckets.count)")
        #expect(buckets.last?.count == 1)
    }
}
