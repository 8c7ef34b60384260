import TestSupport
import Testing

@testable import Pipeline

@Suite
struct RetryPolicyTests {
    private func policy(random: Double) -> RetryPolicy {
        RetryPolicy(base: .milliseconds(100), cap: .seconds(2), maxOutage: .seconds(60)) { random }
    }

    @Test func `doubles the ceiling up to the cap`() {
        let almostOne = policy(random: 1)
        let delays = (1...8).map { almostOne.delay(afterFailures: $0, retryAfter: nil) }
        #expect(delays == [100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000].map(Duration.milliseconds))
    }

    @Test func `makes the first failure amid successes cost a few milliseconds`() {
        let delays = (1...3).map { policy(random: 1).delay(afterFailures: $0, retryAfter: nil, amidSuccesses: true) }
        #expect(delays == [5, 200, 400].map(Duration.milliseconds))
        let asked = policy(random: 1).delay(afterFailures: 1, retryAfter: .seconds(3), amidSuccesses: true)
        #expect(asked == .seconds(3))
    }

    @Test func `stays at the cap after any number of failures`() {
        let almostOne = policy(random: 1)
        for failures in [20, 63, 64, 65, 1_000, .max] {
            #expect(almostOne.delay(afterFailures: failures, retryAfter: nil) == .seconds(2))
        }
    }

    @Test(arguments: [0, 0.25, 0.999])
    func `takes its share of the ceiling by chance`(random: Double) {
        for failures in 1...10 {
            let ceiling = policy(random: 1).delay(afterFailures: failures, retryAfter: nil)
            let delay = policy(random: random).delay(afterFailures: failures, retryAfter: nil)
            #expect(delay >= .zero && delay <= ceiling)
            #expect(abs(delay / ceiling - random) < 1e-9)
        }
    }

    @Test func `spreads its delays over the whole ceiling by default`() {
        let policy = RetryPolicy(base: .seconds(1), cap: .seconds(1))
        let delays = (0..<200).map { _ in policy.delay(afterFailures: 1, retryAfter: nil) }
        #expect(delays.allSatisfy { $0 >= .zero && $0 < .seconds(1) })
        #expect(Set(delays).count > 100)
    }

    @Test func `waits at least as long as the server asks for, even beyond the cap`() {
        #expect(policy(random: 0).delay(afterFailures: 1, retryAfter: .seconds(30)) == .seconds(30))
        #expect(policy(random: 1).delay(afterFailures: 5, retryAfter: .milliseconds(10)) == .milliseconds(1_600))
    }

    @Test func `names the server's error, the stage and the way on when it gives up`() {
        let error = policy(random: 0).outage(of: .sink, after: .seconds(61), .unavailable())
        #expect(error.kind == .outage)
        #expect(error.message.contains("connection refused"))
        #expect(error.message.contains("61 s"))
        #expect(error.message.contains("sink"))
        #expect(error.remedy?.isEmpty == false)
    }
}
