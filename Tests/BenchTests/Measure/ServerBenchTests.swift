import Pipeline
import TestSupport
import Testing

@testable import Bench

@Suite struct `A server` {
    private let clock = ManualClock(movesItself: true)
    private let texts = (10...29).map { Array("text of forty bytes, of which this is \($0)".utf8)[...] }

    private func bench(_ fake: FakeEmbedder, _ sweep: Sweep = Sweep(), longest: Duration = .seconds(90)) -> ServerBench
    {
        ServerBench(
            FakeMeteredEmbedder(fake: fake),
            texts: texts,
            sweep: sweep,
            limits: .quick,
            longest: longest,
            clock: RunClock(clock)
        )
    }

    /// Answers at once, but no more than so many texts a request.
    private func limited(to most: Int, _ error: PipelineError) -> FakeEmbedder {
        let run = RunClock(clock)
        return FakeEmbedder { _, texts throws(PipelineError) in
            try await run.sleep(.milliseconds(5) * min(texts.count, 1))
            if texts.count > most { throw error }
        }
    }

    private func paced() -> FakeEmbedder {
        let run = RunClock(clock)
        return FakeEmbedder { _, texts throws(PipelineError) in try await run.sleep(.milliseconds(5) * texts.count) }
    }

    private func cells(_ bench: ServerBench) async -> [ServerReport.Cell] {
        var cells: [ServerReport.Cell] = []
        await bench.run { cells.append($0) }
        return cells
    }

    @Test func `is sent requests of as many texts as a setting says`() async throws {
        let fake = paced()
        let cells = await cells(bench(fake, Sweep(texts: [3, 7], inFlight: [1], isExhaustive: true)))
        #expect(cells.map(\.setting) == [.init(texts: 3, inFlight: 1), .init(texts: 7, inFlight: 1)])
        #expect(cells.allSatisfy { abs($0.textsPerSecond.mean - 200) < 1 }, "\(cells)")
        // Ten tokens a text.
        #expect(cells.allSatisfy { abs(($0.tokensPerSecond ?? 0) - 2_000) < 20 }, "\(cells)")
        // All texts have their turns.
        #expect(fake.timesEmbedded.count == texts.count)
        let times = fake.timesEmbedded.values
        #expect((times.max() ?? 0) - (times.min() ?? 0) <= 1)
    }

    @Test func `is given up when it answers nothing`() async {
        let fake = FakeEmbedder { _, _ throws(PipelineError) in throw .unavailable() }
        let cells = await cells(bench(fake))
        #expect(cells.count == 1)
        #expect(cells.first?.ended == .errors)
        #expect(cells.first?.errors == 5)
        #expect(cells.first?.firstError == "connection refused")
        #expect(ServerReport.best(of: cells) == nil)
    }

    @Test(arguments: [
        PipelineError(.tooMuch, "413 batch size 16 > maximum allowed batch size 4"),
        PipelineError(.row(.unembeddable), "413 Request Entity Too Large"),
    ])
    func `is not asked again for more texts than it takes`(_ error: PipelineError) async throws {
        let fake = limited(to: 4, error)
        let cells = await cells(bench(fake, Sweep(texts: [1, 4, 16, 32], inFlight: [1, 2, 4], isExhaustive: true)))
        let refused = try #require(cells.first { $0.isRefused })
        #expect(refused.setting == .init(texts: 16, inFlight: 1))
        #expect(refused.firstError == error.description)
        #expect(cells.filter { $0.setting.texts >= 16 }.count == 1)
        #expect(cells.count == 7)
    }

    @Test func `that merely fails is asked again`() async {
        let fake = limited(to: 4, .unavailable())
        let cells = await cells(bench(fake, Sweep(texts: [4, 16], inFlight: [1, 2], isExhaustive: true)))
        #expect(cells.count == 4)
        #expect(!cells.contains { $0.isRefused })
    }

    @Test func `that stalls is waited for no longer than its setting may take`() async throws {
        let (clock, run) = (clock, RunClock(clock))
        let fake = FakeEmbedder { call, _ throws(PipelineError) in
            // Whoever sends the request gives it up then.
            guard call > 60 else { return try await run.sleep(.milliseconds(10)) }
            try await run.sleep(.milliseconds(2_500))
            throw .unavailable()
        }
        let bench = ServerBench(
            FakeMeteredEmbedder(fake: fake),
            texts: texts,
            sweep: Sweep(texts: [1], inFlight: [1]),
            limits: LoadLimits(minimum: .seconds(1), maximum: .seconds(2), precision: 0),
            longest: .seconds(90),
            clock: run
        )
        let cell = await bench.measure(.init(texts: 1, inFlight: 1))
        #expect(cell.errors == 1)
        #expect(cell.firstError == "embedder: no answer in 2.4 s")
        #expect(cell.ended == .timeLimit)
        #expect(clock.now.offset < .seconds(4), "\(clock.now)")
        #expect(fake.deadlines.last == .milliseconds(2_400))
    }

    @Test func `is measured at no further setting when the time is over`() async {
        let sweep = Sweep(texts: [1, 2, 3, 4, 5, 6], inFlight: [1], isExhaustive: true)
        let cells = await cells(bench(paced(), sweep, longest: .seconds(1)))
        #expect((1...3).contains(cells.count), "\(cells.count)")
    }
}
