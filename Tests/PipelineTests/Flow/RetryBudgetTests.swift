import Testing

@testable import Pipeline

@Suite
struct RetryBudgetTests {
    /// How long each of so many retries that fail at once has to wait.
    private func waits(_ count: Int, at second: Int, _ budget: inout RetryBudget) -> [Duration] {
        var waits: [Duration] = []
        for _ in 0..<count { waits.append(budget.take(at: .seconds(second))) }
        return waits
    }

    @Test func `makes nobody wait before it is empty, and then each a second longer`() {
        var budget = RetryBudget()
        let waits = waits(13, at: 5, &budget)
        #expect(waits == Array(repeating: .zero, count: 10) + [.seconds(1), .seconds(2), .seconds(3)])
    }

    @Test func `is refilled by time, never beyond its capacity`() {
        var budget = RetryBudget()
        _ = waits(12, at: 0, &budget)
        let soon = waits(2, at: 3, &budget)
        #expect(soon == [.zero, .seconds(1)])
        let late = waits(11, at: 1_000, &budget)
        #expect(late == Array(repeating: .zero, count: 10) + [.seconds(1)])
    }

    @Test func `is refilled by successes, five for a retry`() {
        var budget = RetryBudget()
        _ = waits(10, at: 0, &budget)
        for _ in 0..<5 { budget.succeeded() }
        let waits = waits(2, at: 0, &budget)
        #expect(waits[0] < .microseconds(1))
        #expect(waits[1] > .milliseconds(999))
    }

    @Test func `never makes a retry wait where one request in twenty fails`() {
        var budget = RetryBudget()
        var longest = Duration.zero
        for _ in 0..<1_000 {
            for _ in 0..<19 { budget.succeeded() }
            longest = max(longest, budget.take(at: .zero))
        }
        #expect(longest == .zero)
    }
}
