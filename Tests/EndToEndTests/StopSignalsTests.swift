import Pipeline
import TestSupport
import Testing

@testable import pattern_sync

@Suite("Work that goes on after a signal", .timeLimit(.minutes(5)))
struct StopSignalsTests {
    private let clock = ManualClock()
    private let gate = Gate()

    private func signals() -> StopSignals {
        let signals = StopSignals()
        signals.workCanStop()
        return signals
    }

    /// Whether work was done that is held by the gate; nil when it was cancelled.
    private func work(_ signals: StopSignals) async -> Bool? {
        await signals.allowing(.seconds(5), RunClock(clock)) { [gate] in (try? await gate.pass()) != nil }
    }

    @Test(arguments: [true, false])
    func `has its time from then on, and is cancelled`(isEarly: Bool) async {
        let signals = signals()
        if isEarly { await signals.receive(.interrupt) }
        async let outcome = work(signals)
        await gate.held.reaches(1)
        if !isEarly { await signals.receive(.interrupt) }
        await clock.sleepers.reaches(1)
        clock.advance(by: .milliseconds(4_999))
        #expect(gate.held.value == 1)
        clock.advance(by: .milliseconds(1))
        #expect(await outcome == nil)
    }

    @Test(arguments: [true, false])
    func `is done when it ends in time`(isInterrupted: Bool) async {
        let signals = signals()
        async let outcome = work(signals)
        await gate.held.reaches(1)
        if isInterrupted {
            await signals.receive(.interrupt)
            await clock.sleepers.reaches(1)
        }
        gate.open()
        #expect(await outcome == true)
        #expect(clock.sleepers.value == 0)
    }
}
