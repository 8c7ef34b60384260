import TestSupport
import Testing

@testable import Pipeline

@Suite
struct BusyMeterTests {
    private let clock = ManualClock()

    @Test func `counts overlapping work once`() async {
        let meter = BusyMeter(clock: RunClock(clock))
        await meter.begin(.embedder)
        clock.advance(by: .seconds(2))
        await meter.begin(.embedder)
        clock.advance(by: .seconds(2))
        await meter.end(.embedder)
        clock.advance(by: .seconds(1))
        await meter.end(.embedder)
        clock.advance(by: .seconds(5))
        #expect(await meter.shares(of: .seconds(10)) == [.source: 0, .embedder: 0.5, .sink: 0])
    }

    @Test func `counts work that is still under way`() async {
        let meter = BusyMeter(clock: RunClock(clock))
        clock.advance(by: .seconds(6))
        await meter.begin(.sink)
        clock.advance(by: .seconds(2))
        #expect(await meter.shares(of: .seconds(8))[.sink] == 0.25)
    }

    @Test func `answers no shares of no time`() async {
        let meter = BusyMeter(clock: RunClock(clock))
        await meter.begin(.source)
        #expect(await meter.shares(of: .zero) == [.source: 0, .embedder: 0, .sink: 0])
    }
}
