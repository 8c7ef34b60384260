import Logging
import Pipeline
import Qdrant
import TestSupport
import Testing

@testable import pattern_sync

@Suite("The display of an index that is built")
struct IndexingDisplayTests {
    @Test(arguments: [
        (Duration.seconds(7), "7 s"), (.seconds(70), "70 s"), (.seconds(1_000), "16 min"),
        (.seconds(8_000), "2 h 13 min"),
    ])
    func `tells how far it is, and since when`(elapsed: Duration, time: String) {
        let line = IndexingDisplay.line(IndexingProgress(indexed: 12_000, vectors: 50_000), after: elapsed)
        #expect(line == "Qdrant is building its index: 12000 of 50000 vectors indexed, \(time)")
    }

    @Test(arguments: [(true, 6), (false, 0)])
    func `logs a line every ten seconds, where progress is wanted`(isShown: Bool, count: Int) {
        let clock = ManualClock()
        let messages = MessageLog()
        let display = IndexingDisplay(
            clock: RunClock(clock),
            logger: Logger(label: "test") { _ in messages },
            isShown: isShown,
            isInteractive: false
        )
        for _ in 0..<60 {
            clock.advance(by: .seconds(1))
            display.show(IndexingProgress(indexed: 1, vectors: 2))
        }
        display.end()
        #expect(messages.messages.count == count)
        #expect(display.elapsed == .seconds(60))
    }
}
