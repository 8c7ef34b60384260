import Testing

@testable import Pipeline

@Suite
struct RunSummaryTests {
    private func summary(busy: [Stage: Double] = [:], rows: Int = 0, duration: Duration = .zero) -> RunSummary {
        RunSummary(
            status: .completed,
            tally: Tally(),
            attempt: 1,
            resumedFrom: nil,
            duration: duration,
            rowsThisAttempt: rows,
            snapshots: 1,
            caughtUp: false,
            rejections: [],
            truncated: [],
            busy: busy,
            concurrencyReached: 1,
            endpoints: [],
            error: nil
        )
    }

    @Test(arguments: [
        ([Stage.source: 0.1, .embedder: 0.97, .sink: 0.4], Stage.embedder), ([.source: 0.9, .embedder: 0.2], .source),
        ([.sink: 0.5], .sink),
    ])
    func `names the stage that was busy most of the time`(busy: [Stage: Double], bottleneck: Stage) {
        #expect(summary(busy: busy).bottleneck == bottleneck)
    }

    @Test(arguments: [[:], [Stage.source: 0.2, .embedder: 0.49, .sink: 0.3]])
    func `names no stage when none was busy most of the time`(busy: [Stage: Double]) {
        #expect(summary(busy: busy).bottleneck == nil)
    }

    @Test func `tells the speed of this attempt, and none of no time`() {
        #expect(summary(rows: 30, duration: .seconds(2)).rowsPerSecond == 15)
        #expect(summary(rows: 30).rowsPerSecond == 0)
    }

    @Test(arguments: [
        (RunStatus.completed, true), (.completedWithRejects, true), (.interrupted, false), (.failed, false),
    ])
    func `leaves nothing to resume only after a run that reached the end`(status: RunStatus, isFinal: Bool) {
        #expect(status.isFinal == isFinal)
    }
}
