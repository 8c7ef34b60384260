import TestSupport
import Testing

@testable import Pipeline

@Suite
struct LatencyEstimateTests {
    /// An answer to a request of weight 1000 that took two seconds, at the tenth second.
    private func answeredOnce() -> LatencyEstimate {
        var estimate = LatencyEstimate()
        estimate.answered(weight: 1_000, took: .seconds(2), at: .seconds(10))
        return estimate
    }

    @Test func `grants time to load the model before the first answer`() {
        #expect(LatencyEstimate().deadline(weight: 1_000, at: .zero) == .seconds(300))
        #expect(!LatencyEstimate().isFresh(at: .zero))
    }

    @Test func `grants many times what the request is expected to take, by its weight`() {
        let estimate = answeredOnce()
        #expect(estimate.isFresh(at: .seconds(11)))
        let deadlines = [3_000, 6_000].map { estimate.deadline(weight: $0, at: .seconds(11)) }
        #expect(abs(deadlines[0] / .seconds(48) - 1) < 1e-9)
        #expect(abs(deadlines[1] / .seconds(96) - 1) < 1e-9)
    }

    @Test func `is never shorter than half a minute, and never endless`() {
        let estimate = answeredOnce()
        #expect(estimate.deadline(weight: 1, at: .seconds(11)) == .seconds(30))
        #expect(estimate.deadline(weight: 1_000_000_000, at: .seconds(11)) == .seconds(1_800))
    }

    @Test func `grants time to load the model again after a failure, until the next answer`() {
        var estimate = answeredOnce()
        estimate.failed()
        #expect(estimate.deadline(weight: 1_000, at: .seconds(11)) == .seconds(300))
        // A slow server is granted no less than before its failure.
        #expect(estimate.deadline(weight: 50_000, at: .seconds(11)) > .seconds(700))
        estimate.answered(weight: 1_000, took: .seconds(2), at: .seconds(20))
        #expect(estimate.deadline(weight: 1_000, at: .seconds(21)) == .seconds(30))
    }

    @Test(arguments: [(69, 30), (70, 30), (71, 300), (4_000, 300)])
    func `grants time to load the model again after more than a minute without an answer`(now: Int, seconds: Int) {
        #expect(answeredOnce().deadline(weight: 1_000, at: .seconds(now)) == .seconds(seconds))
    }

    @Test func `goes by the slowest answer of late, and forgets it in time`() {
        var estimate = LatencyEstimate()
        estimate.answered(weight: 100, took: .seconds(10), at: .seconds(10))
        for second in 11...41 { estimate.answered(weight: 100, took: .seconds(1), at: .seconds(second)) }
        #expect(abs(estimate.deadline(weight: 100, at: .seconds(42)) / .seconds(80) - 1) < 1e-9)
        estimate.answered(weight: 100, took: .seconds(1), at: .seconds(42))
        #expect(estimate.deadline(weight: 100, at: .seconds(43)) == .seconds(30))
    }

    @Test func `weighs the bytes of the texts, and each text`() {
        #expect(LatencyEstimate.weight(ofTexts: 3, bytes: 11) == 11 + 3 * 256)
    }
}
