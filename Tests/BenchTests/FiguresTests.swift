import Testing

@testable import Bench

@Suite struct `Numbers for people` {
    private static let rates: [(Double, String)] = [
        (0, "0"), (0.432, "0.43"), (9.874, "9.87"), (9.996, "10.0"), (18.24, "18.2"), (99.96, "100"), (999.6, "1,000"),
        (1_284.4, "1,284"), (183_412, "183,412"), (1_234_567, "1,234,567"), (-18.24, "-18.2"), (1e300, "1e+300"),
        (.infinity, "inf"), (.nan, "-"),
    ]

    @Test(arguments: rates) func `keep three digits, and no more than mean something`(value: Double, text: String) {
        #expect(Figures.rate(value) == text)
    }

    private static let times: [(Double, String)] = [
        (0, "0.0 ms"), (0.0084, "8.4 ms"), (0.85, "850 ms"), (0.9996, "1.00 s"), (2.312, "2.31 s"), (9.996, "10 s"),
        (59.4, "59 s"), (59.6, "1 min"), (192, "3 min 12 s"), (3_599.6, "1 h"), (7_500, "2 h 5 min"),
        (273_600, "3 d 4 h"), (1e300, "1e+300 s"),
    ]

    @Test(arguments: times) func `name times in their two largest units`(seconds: Double, text: String) {
        #expect(Figures.seconds(seconds) == text)
    }

    @Test func `leave decimals out that are nothing where numbers were chosen to be round`() {
        #expect([50, 0.5, 2.5, 0, 1_000].map(Figures.round) == ["50", "0.5", "2.5", "0", "1,000"])
    }

    @Test func `say which way a change went`() {
        #expect(
            [-8.04, 0.04, 12.5, -100].map(Figures.change) == ["\u{2212}8.0 %", "0.0 %", "+12.5 %", "\u{2212}100 %"]
        )
    }

    @Test func `are as likely wrong one way as the other`() throws {
        let (old, new) = (ReportSamples.estimate(100, within: 0.03), ReportSamples.estimate(80, within: 0.04))
        let there = try #require(Change(from: old, to: new).interval)
        let back = try #require(Change(from: new, to: old).interval)
        // 5 % of 100/80, in logarithms: a change and the change back are each other's inverse.
        #expect(abs((1 + there.lowerBound / 100) * (1 + back.upperBound / 100) - 1) < 1e-9)
        #expect(abs(1 + there.lowerBound / 100 - 0.760_984) < 1e-6)
        #expect(abs(1 + there.upperBound / 100 - 0.841_017) < 1e-6)
    }

    @Test func `stand at round places of an axis`() {
        #expect(ValueAxis.linear(upTo: 2_560).ticks == [0, 1_000, 2_000, 3_000])
        #expect(ValueAxis.linear(upTo: 0.9).ticks.map(Figures.round) == ["0", "0.2", "0.4", "0.6", "0.8", "1"])
        #expect(ValueAxis.linear(upTo: 1_000).ticks == [0, 200, 400, 600, 800, 1_000])
        let axis = ValueAxis.logarithmic(from: 10, to: 1_000)
        #expect(axis.ticks.map(Figures.round) == ["10", "50", "200", "1,000"])
        #expect(axis.position(10) == 0)
        #expect(abs(axis.position(100) - 0.5) < 1e-9)
        #expect(abs(axis.position(1_000) - 1) < 1e-9)
    }

    @Test func `are shaded by their share of the largest`() {
        #expect([0, 0.05, 0.5, 0.99, 1, 2].map { HeatScale.step($0, of: 1, steps: 10) } == [0, 0, 5, 9, 9, 9])
        #expect(HeatScale.step(1, of: 0, steps: 10) == 0)
        #expect(CeilingScale([80, 100]).length(50) == 0.5)
        #expect(CeilingScale([80, 10_000]).length(80).map { $0 * 3 } == 1)
        #expect(CeilingScale([80, 10_000]).length(10_000) == nil)
    }
}
