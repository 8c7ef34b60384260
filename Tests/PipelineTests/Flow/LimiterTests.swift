import TestSupport
import Testing

@testable import Pipeline

@Suite
struct LimiterTests {
    @Test func `has room until the limit is reached`() {
        var limiter = Limiter(concurrency: 2)
        #expect(limiter.hasRoom && limiter.load == 0)
        let first = limiter.enter(texts: 16, weight: 16, at: .zero)
        #expect(limiter.hasRoom && limiter.load == 0.5)
        _ = limiter.enter(texts: 9, weight: 9, at: .zero)
        #expect(!limiter.hasRoom && limiter.load == 1 && limiter.textsInFlight == 25)
        limiter.leave(first, .answered, at: .seconds(1))
        #expect(limiter.hasRoom && limiter.inFlight == 1 && limiter.textsInFlight == 9)
    }

    @Test func `traps when more enter than the limit allows`() async {
        await #expect(processExitsWith: .failure) {
            var limiter = Limiter(concurrency: 1)
            _ = limiter.enter(texts: 1, weight: 1, at: .zero)
            _ = limiter.enter(texts: 1, weight: 1, at: .zero)
        }
    }

    @Test func `traps when one leaves that never entered`() async {
        await #expect(processExitsWith: .failure) {
            var limiter = Limiter(concurrency: 1)
            let ticket = limiter.enter(texts: 1, weight: 1, at: .zero)
            limiter.leave(ticket, .answered, at: .zero)
            limiter.leave(ticket, .answered, at: .zero)
        }
    }

    @Test func `begins with what suits a server that embeds one text after another`() {
        #expect(Limiter().setting == LimiterSetting(concurrency: 2, texts: 16))
        #expect(Limiter(mostTexts: 10).setting == LimiterSetting(concurrency: 2, texts: 10))
        #expect(Limiter(concurrency: 5, texts: 300).setting == LimiterSetting(concurrency: 5, texts: 300))
    }

    @Test func `asks for half as much at once when the server asks for less`() {
        var limiter = Limiter(texts: 16)
        Self.drive(&limiter, answers: 200) { inFlight in 0.1 / Double(min(inFlight, 16)) }
        #expect(limiter.chosen.concurrency >= 8)
        let before = limiter.setting.concurrency
        Self.fill(&limiter, .overloaded)
        // One overload fails many requests, and is one reason to ask for less.
        #expect(limiter.setting.concurrency >= before / 2 && limiter.setting.concurrency < before)
        // Once it takes as much as before, it is asked for as much again.
        Self.drive(&limiter, answers: 20_000, from: .seconds(1_002)) { inFlight in 0.1 / Double(min(inFlight, 16)) }
        #expect(limiter.chosen.concurrency >= 8)
    }

    @Test func `sends no more texts at once than the server takes`() {
        var limiter = Limiter(concurrency: 1, texts: 64)
        let ticket = limiter.enter(texts: 64, weight: 64, at: .zero)
        limiter.leave(ticket, .tooManyTexts, at: .seconds(1))
        #expect(limiter.setting == LimiterSetting(concurrency: 1, texts: 32))
    }

    @Test func `learns nothing while there is too little to send`() {
        var limiter = Limiter()
        for second in 0..<500 {
            let ticket = limiter.enter(texts: 16, weight: 16, at: .seconds(second))
            limiter.leave(ticket, .answered, at: .milliseconds(second * 1_000 + 100))
        }
        #expect(limiter.chosen == LimiterSetting(concurrency: 2, texts: 16))
    }

    @Test func `does not take the loading of the model for the pace of the server`() {
        var limiter = Limiter(texts: 16)
        var now = Duration.zero
        let first = [limiter.enter(texts: 16, weight: 16, at: now), limiter.enter(texts: 16, weight: 16, at: now)]
        now = .seconds(60)
        for ticket in first { limiter.leave(ticket, .answered, at: now) }
        #expect(limiter.textsPerSecond == nil)
        Self.drive(&limiter, answers: 10, from: now) { _ in 0.16 }
        #expect(limiter.textsPerSecond.map { abs($0 - 100) < 1 } == true)
    }

    /// Keeps the limiter's server full, which answers one request after another, each `gap(inFlight)` seconds after the last.
    private static func drive(
        _ limiter: inout Limiter,
        answers: Int,
        from start: Duration = .seconds(1),
        gap: (_ inFlight: Int) -> Double
    ) {
        var now = start
        var queue: [Limiter.Ticket] = []
        for _ in 0..<answers {
            while limiter.hasRoom { queue.append(limiter.enter(texts: 16, weight: 16, at: now)) }
            now += .seconds(gap(queue.count))
            limiter.leave(queue.removeFirst(), .answered, at: now)
        }
        for ticket in queue { limiter.leave(ticket, .withdrawn, at: now) }
    }

    /// Fills the server, and ends all requests so.
    private static func fill(_ limiter: inout Limiter, _ outcome: Limiter.Outcome) {
        var tickets: [Limiter.Ticket] = []
        while limiter.hasRoom { tickets.append(limiter.enter(texts: 16, weight: 16, at: .seconds(1_000))) }
        for ticket in tickets { limiter.leave(ticket, outcome, at: .seconds(1_001)) }
    }
}
